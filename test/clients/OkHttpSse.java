import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.sse.EventSource;
import okhttp3.sse.EventSourceListener;
import okhttp3.sse.EventSources;

/**
 * Follows a stream by okhttp-sse, with OkHttp's read time-out of ten seconds, and prints a line of JSON for each thing that
 * it is told: `OkHttpSse <url>`, with the token in TIDEMARK_TOKEN. okhttp-sse opens a stream once: where it ends, its caller
 * opens it again behind the last id.
 */
final class OkHttpSse extends EventSourceListener {
  private static final long RETRY_MS = 500;

  private final EventSource.Factory sources = EventSources.createFactory(new OkHttpClient());
  private final ScheduledExecutorService retries = Executors.newSingleThreadScheduledExecutor();
  private final String url;
  private volatile String lastId;

  private OkHttpSse(String url) {
    this.url = url;
  }

  public static void main(String[] args) throws Exception {
    new OkHttpSse(args[0]).open();
    // It ends with the one that it prints for.
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private void open() {
    Request.Builder request = new Request.Builder().url(url);
    request.header("Authorization", "Bearer " + System.getenv("TIDEMARK_TOKEN"));
    if (lastId != null) request.header("Last-Event-ID", lastId);
    sources.newEventSource(request.build(), this);
  }

  @Override
  public void onEvent(EventSource source, String id, String type, String data) {
    lastId = id;
    if (type == null) say("activity", data.replaceFirst(".*?\"id\":\"([^\"]*)\".*", "\"$1\""));
    else if (type.equals("position")) say("opened", "true");
    else say(type, data);
  }

  @Override
  public void onClosed(EventSource source) {
    retries.schedule(this::open, RETRY_MS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void onFailure(EventSource source, Throwable error, Response response) {
    // A server that is about to end still answers 503 on a connection that it has.
    if (response != null && response.code() / 100 == 4) say("gaveUp", "" + response.code());
    else onClosed(source);
  }

  private static synchronized void say(String name, String json) {
    System.out.println("{\"" + name + "\":" + json + "}");
  }
}
