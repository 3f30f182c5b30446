"""What a client does: `send` sends activities, `read` reads users and a feed. Prints what it saw as JSON."""

import json
import os
import re
import sys
from datetime import datetime, timezone

import openapi_client as tidemark

ENVIRONMENT = os.environ["TIDEMARK_ENVIRONMENT"]
client = tidemark.ApiClient(
    tidemark.Configuration(host=os.environ["TIDEMARK_URL"], access_token=os.environ["TIDEMARK_TOKEN"])
)
activities = tidemark.ActivitiesApi(client)
users = tidemark.UsersApi(client)


def send():
    return {
        "one": taken([activity("one", 10, user_id=1, data={"path": "/"})]),
        "many": taken(
            [
                activity("two", 11, user_id=1, workspace_id=1),
                activity("three", 12, username="user1", workspace_id=1, type="order.placed"),
                activity("four", 13, username="user2"),
                activity("five", 14, username="nobody"),
            ]
        ),
    }


def activity(id, hour, type="page.viewed", **fields):
    time = datetime(2026, 3, 1, hour, tzinfo=timezone.utc)
    return tidemark.IncomingActivity(id=id, type=type, occurred_at=time, **fields)


def taken(sent):
    answer = activities.append_activities(sent, environment_id=ENVIRONMENT)
    return {"accepted": answer.accepted, "rejected": [f"{one.index} {one.code}" for one in answer.rejected]}


def read():
    [first] = activities.list_activities(1, until="2026-03-01T11:00:00Z", limit=1, environment_id=ENVIRONMENT)
    return {
        "usersV2": users_v2(),
        "usersV3": users_v3(),
        "feed": feed(),
        "since": ids(since="2026-03-01T12:00:00+01:00"),
        "until": ids(until="2026-03-01T12:00:00Z"),
        "type": ids(type="order.placed"),
        "workspace": ids(workspace=1),
        "first": [int(first.occurred_at.timestamp() * 1000), first.data],
        "roles": roles(),
        "problem": problem(),
    }


def users_v2():
    names, after = [], None
    while True:
        page = tidemark.V2Api(client).list_users_v2(ENVIRONMENT, limit=2, after=after)
        names += [user.username for user in page.data]
        if not page.pagination.has_next:
            return names
        after = after_in(page.pagination.next)


def users_v3():
    names, number = [], 1
    while True:
        page = users.list_users(page=number, page_size=2, environment_id=ENVIRONMENT)
        names += [user.username for user in page.results]
        if page.next is None:
            return names
        number += 1


def feed():
    ids, after = [], None
    while True:
        page = activities.list_activities_with_http_info(1, limit=2, after=after, environment_id=ENVIRONMENT)
        ids += [activity.id for activity in page.data]
        link = (page.headers or {}).get("link")
        if link is None:
            return ids
        after = after_in(link)


def after_in(text):
    return re.search(r"[?&]after=([^&>]*)", f"?{text}").group(1)


def ids(**filters):
    found = activities.list_activities(1, environment_id=ENVIRONMENT, **filters)
    return [activity.id for activity in found]


def roles():
    [workspace] = tidemark.WorkspacesApi(client).list_user_workspaces(1, environment_id=ENVIRONMENT)
    sources = [source.actual_instance for source in workspace.via]
    return [getattr(source, "name", source.type) for source in sources]


def problem():
    try:
        users.get_user(999, environment_id=ENVIRONMENT)
        return "none"
    except tidemark.ApiException as error:
        return error.data.type


print(json.dumps(send() if sys.argv[1] == "send" else read()))
