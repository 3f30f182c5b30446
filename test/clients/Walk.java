import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.ApiResponse;
import org.openapitools.client.api.ActivitiesApi;
import org.openapitools.client.api.UsersApi;
import org.openapitools.client.api.V2Api;
import org.openapitools.client.api.WorkspacesApi;
import org.openapitools.client.model.Activity;
import org.openapitools.client.model.IncomingActivity;
import org.openapitools.client.model.ListedUser;
import org.openapitools.client.model.ListedUserV2;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.RoleOfGroup;
import org.openapitools.client.model.RoleSource;
import org.openapitools.client.model.TakenActivities;
import org.openapitools.client.model.UserListV2;
import org.openapitools.client.model.UserPage;

/** What a client does: `send` sends activities, `read` reads users and a feed. Prints what it saw as JSON. */
public final class Walk {
  private static final Pattern AFTER = Pattern.compile("[?&]after=([^&>]*)");
  private final String environment = System.getenv("TIDEMARK_ENVIRONMENT");
  private final ApiClient client = new ApiClient();
  private final ActivitiesApi activities;
  private final UsersApi users;

  private Walk() {
    client.updateBaseUri(System.getenv("TIDEMARK_URL"));
    client.setRequestInterceptor(
        request -> request.header("Authorization", "Bearer " + System.getenv("TIDEMARK_TOKEN")));
    activities = new ActivitiesApi(client);
    users = new UsersApi(client);
  }

  public static void main(String[] arguments) throws Exception {
    Walk walk = new Walk();
    Object seen = arguments[0].equals("send") ? walk.send() : walk.read();
    System.out.println(new ObjectMapper().writeValueAsString(seen));
  }

  private Map<String, Object> send() throws ApiException {
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("one", taken(List.of(activity("one", 10).userId(1L).data(Map.of("path", "/")))));
    seen.put(
        "many",
        taken(
            List.of(
                activity("two", 11).userId(1L).workspaceId(1L),
                activity("three", 12).username("user1").workspaceId(1L).type("order.placed"),
                activity("four", 13).username("user2"),
                activity("five", 14).username("nobody"))));
    return seen;
  }

  private static IncomingActivity activity(String id, int hour) {
    OffsetDateTime time = OffsetDateTime.parse("2026-03-01T" + hour + ":00:00Z");
    return new IncomingActivity().id(id).type("page.viewed").occurredAt(time);
  }

  private Map<String, Object> taken(List<IncomingActivity> sent) throws ApiException {
    TakenActivities taken = activities.appendActivities(sent, environment, null, null);
    List<String> rejected = new ArrayList<>();
    taken.getRejected().forEach(one -> rejected.add(one.getIndex() + " " + one.getCode().getValue()));
    return Map.of("accepted", taken.getAccepted(), "rejected", rejected);
  }

  private Map<String, Object> read() throws ApiException, java.io.IOException {
    Map<String, Object> seen = new LinkedHashMap<>();
    seen.put("usersV2", usersV2());
    seen.put("usersV3", usersV3());
    seen.put("feed", feed());
    seen.put("since", ids(null, null, "2026-03-01T12:00:00+01:00", null));
    seen.put("until", ids(null, null, null, "2026-03-01T12:00:00Z"));
    seen.put("type", ids("order.placed", null, null, null));
    seen.put("workspace", ids(null, 1L, null, null));
    Activity first = activities.listActivities(1L, null, null, null, "2026-03-01T11:00:00Z", 1, null, environment).get(0);
    seen.put("first", List.of(first.getOccurredAt().toInstant().toEpochMilli(), first.getData()));
    seen.put("roles", roles());
    seen.put("problem", problem());
    return seen;
  }

  private List<String> usersV2() throws ApiException {
    List<String> names = new ArrayList<>();
    String after = null;
    do {
      UserListV2 page = new V2Api(client).listUsersV2(environment, 2, after, null);
      for (ListedUserV2 user : page.getData()) names.add(user.getUsername());
      after = Boolean.TRUE.equals(page.getPagination().getHasNext()) ? after(page.getPagination().getNext()) : null;
    } while (after != null);
    return names;
  }

  private List<String> usersV3() throws ApiException {
    List<String> names = new ArrayList<>();
    int number = 1;
    UserPage page;
    do {
      page = users.listUsers(number, 2, null, null, null, null, environment);
      for (ListedUser user : page.getResults()) names.add(user.getUsername());
      number += 1;
    } while (page.getNext() != null);
    return names;
  }

  private List<String> feed() throws ApiException {
    List<String> ids = new ArrayList<>();
    String after = null;
    do {
      ApiResponse<List<Activity>> page =
          activities.listActivitiesWithHttpInfo(1L, null, null, null, null, 2, after, environment);
      page.getData().forEach(activity -> ids.add(activity.getId()));
      List<String> links = page.getHeaders().getOrDefault("link", List.of());
      after = links.isEmpty() ? null : after(links.get(0));
    } while (after != null);
    return ids;
  }

  private static String after(String text) {
    Matcher matcher = AFTER.matcher("?" + text);
    if (!matcher.find()) throw new IllegalStateException("no after in " + text);
    return matcher.group(1);
  }

  private List<String> ids(String type, Long workspace, String since, String until) throws ApiException {
    List<String> ids = new ArrayList<>();
    activities
        .listActivities(1L, type, workspace, since, until, null, null, environment)
        .forEach(activity -> ids.add(activity.getId()));
    return ids;
  }

  private List<String> roles() throws ApiException {
    List<String> roles = new ArrayList<>();
    for (RoleSource source : new WorkspacesApi(client).listUserWorkspaces(1L, environment).get(0).getVia()) {
      Object actual = source.getActualInstance();
      roles.add(actual instanceof RoleOfGroup ? ((RoleOfGroup) actual).getName() : "direct");
    }
    return roles;
  }

  private String problem() throws java.io.IOException {
    try {
      users.getUser(999L, environment, null);
      return "none";
    } catch (ApiException error) {
      return client.getObjectMapper().readValue(error.getResponseBody(), Problem.class).getType().getValue();
    }
  }
}
