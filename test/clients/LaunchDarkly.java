import com.launchdarkly.eventsource.ConnectStrategy;
import com.launchdarkly.eventsource.ErrorStrategy;
import com.launchdarkly.eventsource.EventSource;
import com.launchdarkly.eventsource.MessageEvent;
import com.launchdarkly.eventsource.RetryDelayStrategy;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * Follows a stream by LaunchDarkly's okhttp-eventsource, with a read time-out of ten seconds, and prints a line of JSON for
 * each thing that it is told: `LaunchDarkly <url>`.
 */
final class LaunchDarkly {
  public static void main(String[] args) throws Exception {
    ConnectStrategy connect = ConnectStrategy.http(URI.create(args[0])).readTimeout(10, TimeUnit.SECONDS);
    // Of itself it waits longer each time, up to 30 s, unless a connection has lasted for a minute.
    RetryDelayStrategy delays = RetryDelayStrategy.defaultStrategy().maxDelay(2, TimeUnit.SECONDS);
    EventSource.Builder builder = new EventSource.Builder(connect).retryDelayStrategy(delays);
    // Of itself it ends with its first connection.
    EventSource source = builder.errorStrategy(ErrorStrategy.alwaysContinue()).build();
    Thread reader = new Thread(() -> read(source));
    reader.setDaemon(true);
    reader.start();
    // It ends with the one that it prints for.
    while (System.in.read() >= 0) {}
  }

  private static void read(EventSource source) {
    for (MessageEvent event : source.messages()) {
      String type = event.getEventName();
      String data = event.getData();
      if (type.equals("message")) say("activity", data.replaceFirst(".*?\"id\":\"([^\"]*)\".*", "\"$1\""));
      else if (type.equals("position")) say("opened", "true");
      else say(type, data);
    }
    say("gaveUp", "true");
  }

  private static void say(String name, String json) {
    System.out.println("{\"" + name + "\":" + json + "}");
  }
}
