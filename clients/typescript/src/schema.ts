// Made by clients/generate.ts from clients/openapi.json.
export interface paths {
    "/api/v2/usage-statistics/active-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many users are active now
         * @description Distinct users with an activity in the window. Needs the scope `statistics:read`.
         */
        get: operations["countActiveUsersV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Users in the order of their _id
         * @description Walk on with what `pagination.next` says, as long as `hasNext`. Needs the scope `users:read`.
         */
        get: operations["listUsersV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v2/users/{userId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user, as an array of one
         * @description By the 24 hexadecimal digits of `_id`; the integer id is shown beside it. Needs the scope `users:read`.
         */
        get: operations["getUserV2"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/activities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take activities into the log: one, an array, lines or events
         * @description The Content-Type says how they come: as JSON (one, or an array), as lines, or as events of CloudEvents 1.0, one (structured mode) or a batch. With the headers of binary mode (`ce-id`, `ce-source`, …) the body is the data of one event. An activity is its user, `source` and `id`: the same again counts once. A field that is null counts as left out. Needs the scope `activities:write`.
         */
        post: operations["appendActivities"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/commands/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What became of a command that was answered with 202
         * @description For 24 hours. What would show a user who has been deleted since is not found. Needs the scope `users:read` or `users:write` or `workspaces:read` or `workspaces:write` or `admin`.
         */
        get: operations["getCommand"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/groups": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of groups, in the order of their ids
         * @description `next` and `previous` are the pages beside this one. Whoever reads a whole list better follows `Link`, or begins with `after=0`: an id stays where it is while others are deleted, a page does not. With `after`, `next` goes on so, there is no `previous`, and behind the end is an empty list. Needs the scope `workspaces:read`.
         */
        get: operations["listGroups"];
        put?: never;
        /**
         * Create a group
         * @description Its name need not be unique. The answer comes when every read shows the group. Needs the scope `workspaces:write`.
         */
        post: operations["createGroup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/groups/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One group
         * @description Its id and name. Needs the scope `workspaces:read`.
         */
        get: operations["getGroup"];
        put?: never;
        post?: never;
        /**
         * Delete a group, and the roles that it held
         * @description Its members lose what they had by it alone. Needs the scope `workspaces:write`.
         */
        delete: operations["deleteGroup"];
        options?: never;
        head?: never;
        /**
         * Rename a group
         * @description A name that it has already changes nothing. Needs the scope `workspaces:write`.
         */
        patch: operations["changeGroup"];
        trace?: never;
    };
    "/api/v3/groups/{id}/members": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of the members of a group, in the order of their ids
         * @description `next` and `previous` are the pages beside this one. Whoever reads a whole list better follows `Link`, or begins with `after=0`: an id stays where it is while others are deleted, a page does not. With `after`, `next` goes on so, there is no `previous`, and behind the end is an empty list. Needs the scope `workspaces:read`.
         */
        get: operations["listMembers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/groups/{id}/members/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Make a user a member of a group
         * @description It is done too where the user is a member already. Needs the scope `workspaces:write`.
         */
        put: operations["addMember"];
        post?: never;
        /**
         * End the membership of a user in a group
         * @description It is done too where the user is no member. Needs the scope `workspaces:write`.
         */
        delete: operations["removeMember"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/active-users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many users were active in the window that ends now
         * @description Distinct users with an activity in the window, of one workspace or of all. Exact, not estimated. Needs the scope `statistics:read`.
         */
        get: operations["countActiveUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/active-users/series": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many users were active in each interval
         * @description Distinct users with an activity in it, of one workspace or of all. Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500. Needs the scope `statistics:read`.
         */
        get: operations["seriesOfActiveUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/activities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many activities there are in each interval
         * @description With `group` also of what: `key` is null for those in no workspace. Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500. Needs the scope `statistics:read`.
         */
        get: operations["seriesOfActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/engagement": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many users were active on a day, and in the 7 and 30 days that end with it
         * @description Distinct users. `stickiness` is dau ÷ mau to four places, 0 where there is no mau. Needs the scope `statistics:read`.
         */
        get: operations["getEngagement"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/lifecycle": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who is new in each interval, who stays, who comes back and who stays away
         * @description New: for the first time ever. Returning: also in the interval before. Resurrected: after a gap. Dormant: in the interval before and not in this one. Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500. Needs the scope `statistics:read`.
         */
        get: operations["getLifecycle"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/retention": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many users come back, by the interval of their first activity ever
         * @description `returned` begins with the cohort's own interval and ends with the last. Intervals are whole: one that `from` or `to` cuts counts in full. There are at most 1,500. Needs the scope `statistics:read`.
         */
        get: operations["getRetention"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/statistics/top": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The types, workspaces or users with the most activities in the window that ends now
         * @description Most first. Workspaces and users that are gone count as before, without a name. Needs the scope `statistics:read`.
         */
        get: operations["listTop"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * An environment's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson
         * @description It begins with the position where it is, and goes on until the token expires or the connection is an hour old; Last-Event-ID resumes behind a position with nothing missing and nothing twice. With `wait` or `limit` it is no stream: one answer has what stands behind the position, as JSON or as lines, and Tidemark-Position is where the next goes on. Needs the scope `activities:read`.
         */
        get: operations["streamActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/stream-tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A ticket that opens one stream, again and again, in place of the token: for browsers, which cannot send headers there
         * @description A browser's EventSource then opens the stream with `?ticket=`. Needs the scope `activities:read`.
         */
        post: operations["issueStreamTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of users, in the order of their ids
         * @description `next` and `previous` are the pages beside this one. Whoever reads a whole list better follows `Link`, or begins with `after=0`: an id stays where it is while others are deleted, a page does not. With `after`, `next` goes on so, there is no `previous`, and behind the end is an empty list. Needs the scope `users:read`.
         */
        get: operations["listUsers"];
        put?: never;
        /**
         * Register a user
         * @description What is left out falls to its default. The answer comes when every read shows the user. Needs the scope `users:write`.
         */
        post: operations["registerUser"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One user
         * @description The full profile. With If-None-Match it is sent only where it has changed. Needs the scope `users:read`.
         */
        get: operations["getUser"];
        /**
         * Replace all details of a user
         * @description The user becomes what is sent: what is left out falls to its default. With If-Match only where nobody was faster. Needs the scope `users:write`.
         */
        put: operations["replaceUser"];
        post?: never;
        /**
         * Delete a user, or erase everything personal for good
         * @description From then on the user is not found anywhere. Username and e-mail are free again, the id is not. Needs the scope `users:write` or `admin`.
         */
        delete: operations["deleteUser"];
        options?: never;
        head?: never;
        /**
         * Change some details of a user
         * @description Only what is sent changes; `profile` is merged (RFC 7396), and null puts a field back to its default. Needs the scope `users:write`.
         */
        patch: operations["changeUser"];
        trace?: never;
    };
    "/api/v3/users/{user_id}/activeworkspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The workspaces that a user was active in, latest first
         * @description With the number of activities in the window, and the role of the user where there is one. Needs the scope `workspaces:read`.
         */
        get: operations["listActiveWorkspaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/{user_id}/activities": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A user's activities, latest first
         * @description By when they occurred. Walk on with the Link header, which keeps the filters. Needs the scope `activities:read`.
         */
        get: operations["listActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/{user_id}/activities/count": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * How many activities a user has
         * @description With the filters of the feed. Needs the scope `activities:read`.
         */
        get: operations["countActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/{user_id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A user's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson
         * @description It begins with the position where it is, and goes on until the token expires or the connection is an hour old; Last-Event-ID resumes behind a position with nothing missing and nothing twice. With `wait` or `limit` it is no stream: one answer has what stands behind the position, as JSON or as lines, and Tidemark-Position is where the next goes on. Needs the scope `activities:read`.
         */
        get: operations["streamUserActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/{user_id}/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Where a user has a role, which, and by which ways
         * @description The role is the strongest of all that the user has there; `via` tells each way to one. Needs the scope `workspaces:read`.
         */
        get: operations["listUserWorkspaces"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/batch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Register up to 10,000 users, each for itself
         * @description Each user counts for itself: one that cannot be registered is in `rejected` with its place, and keeps none of the others out. Needs the scope `users:write`.
         */
        post: operations["registerUsers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/users/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The users that fit best, by username, e-mail, first and last name
         * @description Every word must fit one of username, e-mail, first and last name, without regard to case or accents; close spellings come last. Needs the scope `users:read`.
         */
        get: operations["searchUsers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/workspaces": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A page of workspaces, in the order of their ids
         * @description `next` and `previous` are the pages beside this one. Whoever reads a whole list better follows `Link`, or begins with `after=0`: an id stays where it is while others are deleted, a page does not. With `after`, `next` goes on so, there is no `previous`, and behind the end is an empty list. Needs the scope `workspaces:read`.
         */
        get: operations["listWorkspaces"];
        put?: never;
        /**
         * Create a workspace
         * @description Its name need not be unique. The answer comes when every read shows the workspace. Needs the scope `workspaces:write`.
         */
        post: operations["createWorkspace"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/workspaces/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One workspace
         * @description Its id and name. Needs the scope `workspaces:read`.
         */
        get: operations["getWorkspace"];
        put?: never;
        post?: never;
        /**
         * Delete a workspace, and the roles in it
         * @description Its activities stay in the feeds and figures of their users. Needs the scope `workspaces:write`.
         */
        delete: operations["deleteWorkspace"];
        options?: never;
        head?: never;
        /**
         * Rename a workspace
         * @description A name that it has already changes nothing. Needs the scope `workspaces:write`.
         */
        patch: operations["changeWorkspace"];
        trace?: never;
    };
    "/api/v3/workspaces/{id}/permissions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Who has a role in a workspace, directly and as a group
         * @description The roles that were given, not what follows for the members of groups. Needs the scope `workspaces:read`.
         */
        get: operations["listPermissions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/workspaces/{id}/permissions/groups/{group_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give all members of a group a role in a workspace
         * @description In place of the role that the group had there. Needs the scope `workspaces:write`.
         */
        put: operations["grantGroup"];
        post?: never;
        /**
         * Take a group's role in a workspace away
         * @description It is done too where there was none. Needs the scope `workspaces:write`.
         */
        delete: operations["revokeGroup"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/workspaces/{id}/permissions/users/{user_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Give a user a role in a workspace
         * @description In place of the role that the user had there of its own. Needs the scope `workspaces:write`.
         */
        put: operations["grantUser"];
        post?: never;
        /**
         * Take a user's own role in a workspace away
         * @description Roles by groups stay. It is done too where there was none. Needs the scope `workspaces:write`.
         */
        delete: operations["revokeUser"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v3/workspaces/{id}/stream": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A workspace's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson
         * @description It begins with the position where it is, and goes on until the token expires or the connection is an hour old; Last-Event-ID resumes behind a position with nothing missing and nothing twice. With `wait` or `limit` it is no stream: one answer has what stands behind the position, as JSON or as lines, and Tidemark-Position is where the next goes on. Needs the scope `activities:read`.
         */
        get: operations["streamWorkspaceActivities"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process runs
         * @description For a supervisor: whether to start the process anew.
         */
        get: operations["isLive"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process can serve
         * @description For a load balancer: whether to send requests here, and if not, why.
         */
        get: operations["isReady"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The metrics of the process, as Prometheus reads them
         * @description In the text format of Prometheus.
         */
        get: operations["scrapeMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All problems, each with its page
         * @description The pages that the `type` of problems leads to.
         */
        get: operations["listProblems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a problem means and what to do
         * @description The page that the `type` of a problem leads to.
         */
        get: operations["explainProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * @example {
         *       "activeUsers": 2,
         *       "window": "5m",
         *       "asOf": "2026-11-22T05:59:01.030Z"
         *     }
         */
        ActiveUsers: {
            /** Format: int64 */
            activeUsers: number;
            /** Format: date-time */
            asOf: string;
            window: string;
        };
        ActiveUsersFigureV2: {
            /** Format: int64 */
            activeUsers: number;
        };
        ActiveUsersInterval: {
            /** Format: int64 */
            activeUsers: number;
            /**
             * Format: date-time
             * @description Where the interval begins.
             */
            start: string;
        };
        /**
         * @example [
         *       {
         *         "start": "2026-11-22T00:00:00.000Z",
         *         "activeUsers": 2
         *       }
         *     ]
         */
        ActiveUsersSeries: components["schemas"]["ActiveUsersInterval"][];
        /**
         * @example {
         *       "status": "ok",
         *       "data": {
         *         "activeUsers": 2
         *       }
         *     }
         */
        ActiveUsersV2: {
            data: components["schemas"]["ActiveUsersFigureV2"];
            /** @constant */
            status: "ok";
        };
        ActiveWorkspace: {
            /** Format: int64 */
            activities: number;
            /** Format: int64 */
            id: number;
            /** Format: date-time */
            lastActiveOn: string;
            name: string;
            /** @description null without permission. */
            role: components["schemas"]["Role"] | null;
        };
        /**
         * @example [
         *       {
         *         "id": 1,
         *         "name": "Tide",
         *         "role": null,
         *         "activities": 3,
         *         "lastActiveOn": "2026-11-22T05:59:01.030Z"
         *       }
         *     ]
         */
        ActiveWorkspaces: components["schemas"]["ActiveWorkspace"][];
        /**
         * @example {
         *       "id": "b6df582b-f530-43bb-92db-d5e7e5a4c6a5",
         *       "type": "page.viewed",
         *       "userId": 1,
         *       "workspaceId": 1,
         *       "occurredAt": "2026-11-22T05:59:01.030Z",
         *       "receivedAt": "2026-11-22T05:59:01.073Z",
         *       "data": {
         *         "path": "/"
         *       }
         *     }
         */
        Activity: {
            data: {
                [key: string]: unknown;
            } | null;
            id: string;
            /** Format: date-time */
            occurredAt: string;
            /** Format: date-time */
            receivedAt: string;
            /** @description Whose id it is, where that was said. */
            source?: string;
            type: string;
            /** Format: int64 */
            userId: number;
            /** Format: int64 */
            workspaceId: number | null;
        };
        /**
         * @example {
         *       "count": 42
         *     }
         */
        ActivityCount: {
            /** Format: int64 */
            count: number;
        };
        ActivityGroup: {
            /** Format: int64 */
            count: number;
            key: components["schemas"]["GroupKey"];
        };
        ActivityInterval: {
            /** Format: int64 */
            count: number;
            /** @description Most first; where `group` is asked for. */
            groups?: components["schemas"]["ActivityGroup"][];
            /**
             * Format: date-time
             * @description Where the interval begins.
             */
            start: string;
        };
        /**
         * @example {
         *       "total": 3,
         *       "intervals": [
         *         {
         *           "start": "2026-11-22T00:00:00.000Z",
         *           "count": 3,
         *           "groups": [
         *             {
         *               "key": "page.viewed",
         *               "count": 3
         *             }
         *           ]
         *         }
         *       ]
         *     }
         */
        ActivitySeries: {
            intervals: components["schemas"]["ActivityInterval"][];
            /** Format: int64 */
            total: number;
        };
        /**
         * @example {
         *       "specversion": "1.0",
         *       "id": "e1",
         *       "source": "/shop",
         *       "type": "order.placed",
         *       "subject": "jane",
         *       "workspaceid": 1
         *     }
         */
        CloudEvent: {
            /** @description Free fields, up to 16 KiB of JSON and 100 levels, given back as they were sent. */
            data?: {
                [key: string]: unknown;
            } | null;
            /** @description Not taken: `data` carries a JSON object. */
            data_base64?: null;
            datacontenttype?: string | null;
            id: string;
            /** @description Part of what it is: the same id from another source is another activity. */
            source: string;
            /** @constant */
            specversion: "1.0";
            /** @description The user: the integer id, the objectId or the username. Refused where it reads as two users. */
            subject: string;
            /**
             * Format: date-time
             * @description Now when left out; at most 24 hours ahead.
             */
            time?: string | null;
            /** @example page.viewed */
            type: string;
            /**
             * Format: int64
             * @description A text of its digits is taken too.
             */
            workspaceid?: number | null;
        } & {
            [key: string]: unknown;
        };
        Cohort: {
            /**
             * Format: date-time
             * @description Where the interval begins.
             */
            cohort: string;
            /** @description How many of them were active in their own interval and in each that follows. */
            returned: number[];
            /** Format: int64 */
            users: number;
        };
        /**
         * @description A status while it is pending; then the user, workspace or group as the command left it.
         * @example {
         *       "status": "pending"
         *     }
         * @example {
         *       "id": 1,
         *       "name": "Tide"
         *     }
         */
        CommandOutcome: {
            /** Format: date-time */
            createdOn?: string;
            email?: string;
            firstName?: string;
            /** Format: int64 */
            id?: number;
            isActive?: boolean;
            /** Format: date-time */
            lastActiveOn?: string | null;
            /** Format: date-time */
            lastModifiedOn?: string;
            lastName?: string;
            name?: string;
            objectId?: string;
            profile?: {
                [key: string]: unknown;
            };
            /** @constant */
            status?: "pending";
            username?: string;
        };
        DirectRole: {
            /** @constant */
            type: "direct";
        };
        /**
         * @example {
         *       "dau": 2,
         *       "wau": 5,
         *       "mau": 6,
         *       "stickiness": 0.3333
         *     }
         */
        Engagement: {
            /** Format: int64 */
            dau: number;
            /** Format: int64 */
            mau: number;
            /** Format: double */
            stickiness: number;
            /** Format: int64 */
            wau: number;
        };
        ErrorDetailsV2: {
            /** @enum {string} */
            code: "invalid-request" | "environment-required" | "unauthorized" | "environment-forbidden" | "missing-scope" | "not-found" | "method-not-allowed" | "request-timeout" | "username-taken" | "email-taken" | "in-flight" | "unknown-position" | "stale-version" | "too-large" | "unsupported-media-type" | "invalid-body" | "idempotency-key-reused" | "headers-too-large" | "overloaded" | "internal" | "unavailable";
            message: string;
        };
        ErrorV2: {
            error: components["schemas"]["ErrorDetailsV2"];
            /** @constant */
            status: "error";
        };
        Fault: {
            code: string;
            detail: string;
            /** @description Which parameter of the path, the query or the headers. */
            parameter?: string;
            /** @description Where in the body, as a JSON pointer (RFC 6901). */
            pointer?: string;
        };
        /**
         * @example {
         *       "id": 1,
         *       "name": "Tide"
         *     }
         */
        Group: {
            /** Format: int64 */
            id: number;
            name: string;
        };
        GroupGrant: {
            /** Format: int64 */
            id: number;
            name: string;
            role: components["schemas"]["Role"];
        };
        /** @description The type, or the id of the workspace; null for none. */
        GroupKey: string | number | null;
        /**
         * @example {
         *       "count": 1,
         *       "next": null,
         *       "previous": null,
         *       "results": [
         *         {
         *           "id": 1,
         *           "name": "Tide"
         *         }
         *       ]
         *     }
         */
        GroupPage: {
            /** Format: int64 */
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Group"][];
        };
        /**
         * @description Exactly one of userId, objectId, username.
         * @example {
         *       "username": "jane",
         *       "type": "page.viewed",
         *       "data": {
         *         "path": "/"
         *       }
         *     }
         */
        IncomingActivity: {
            /** @description Free fields, up to 16 KiB of JSON and 100 levels, given back as they were sent. */
            data?: {
                [key: string]: unknown;
            } | null;
            /** @description The client's own; the same one of the same user and source counts once, for ever. */
            id?: string | null;
            objectId?: string | null;
            /**
             * Format: date-time
             * @description Now when left out; at most 24 hours ahead.
             */
            occurredAt?: string | null;
            /** @description Passed over: an item of a feed has it, and may be sent as it came. */
            receivedAt?: unknown;
            /** @description Whose id it is; none is a source of its own. */
            source?: string | null;
            /** @example page.viewed */
            type: string;
            /** Format: int64 */
            userId?: number | null;
            username?: string | null;
            /** Format: int64 */
            workspaceId?: number | null;
        };
        /**
         * @example [
         *       {
         *         "start": "2026-11-22T00:00:00.000Z",
         *         "new": 1,
         *         "returning": 2,
         *         "resurrected": 0,
         *         "dormant": 1
         *       }
         *     ]
         */
        Lifecycle: components["schemas"]["LifecycleInterval"][];
        LifecycleInterval: {
            /** Format: int64 */
            dormant: number;
            /** Format: int64 */
            new: number;
            /** Format: int64 */
            resurrected: number;
            /** Format: int64 */
            returning: number;
            /**
             * Format: date-time
             * @description Where the interval begins.
             */
            start: string;
        };
        /**
         * @example {
         *       "id": 1,
         *       "username": "jane",
         *       "email": "jane@example.com",
         *       "firstName": "Jane",
         *       "lastName": "",
         *       "isActive": true
         *     }
         */
        ListedUser: {
            email: string;
            firstName: string;
            /** Format: int64 */
            id: number;
            isActive: boolean;
            lastName: string;
            username: string;
        };
        /**
         * @example {
         *       "_id": "6b0284a42a97510000000001",
         *       "username": "jane",
         *       "profile": {
         *         "team": "tide",
         *         "firstName": "Jane",
         *         "lastName": "",
         *         "email": "jane@example.com"
         *       },
         *       "_createdOn": "2026-11-22T05:59:00.590Z"
         *     }
         */
        ListedUserV2: {
            /** Format: date-time */
            _createdOn: string;
            _id: string;
            profile: components["schemas"]["ProfileV2"];
            username: string;
        };
        /**
         * @example {
         *       "status": "ok"
         *     }
         */
        Liveness: {
            /** @constant */
            status: "ok";
        };
        /**
         * @example {
         *       "name": "Tide"
         *     }
         */
        NamedInput: {
            name: string;
        };
        /**
         * @example {
         *       "name": "Ebb"
         *     }
         */
        NamedPatch: {
            name?: string;
        };
        /**
         * @example {
         *       "status": "ok",
         *       "data": [
         *         {
         *           "id": 1,
         *           "username": "jane",
         *           "email": "jane@example.com",
         *           "firstName": "Jane",
         *           "lastName": "",
         *           "isActive": true,
         *           "_id": "6b0284a42a97510000000001",
         *           "profile": {
         *             "team": "tide",
         *             "firstName": "Jane",
         *             "lastName": "",
         *             "email": "jane@example.com"
         *           },
         *           "_createdOn": "2026-11-22T05:59:00.590Z",
         *           "_lastModifiedOn": "2026-11-22T05:59:00.590Z"
         *         }
         *       ]
         *     }
         */
        OneUserV2: {
            data: components["schemas"]["UserV2"][];
            /** @constant */
            status: "ok";
        };
        PaginationV2: {
            hasNext: boolean;
            hasPrevious: boolean;
            /** @description The query of the next page, where there is one. */
            next?: string;
            /** @description The query of the page before, where there is one. */
            previous?: string;
        };
        /**
         * @example {
         *       "status": "pending"
         *     }
         */
        PendingCommand: {
            /** @constant */
            status: "pending";
        };
        /**
         * @example {
         *       "users": [
         *         {
         *           "id": 1,
         *           "username": "jane",
         *           "role": "viewer"
         *         }
         *       ],
         *       "groups": [
         *         {
         *           "id": 2,
         *           "name": "Crew",
         *           "role": "admin"
         *         }
         *       ]
         *     }
         */
        Permissions: {
            groups: components["schemas"]["GroupGrant"][];
            users: components["schemas"]["UserGrant"][];
        };
        Problem: {
            detail: string;
            /** @description Each place in the input that is at fault, where it is. */
            errors?: components["schemas"]["Fault"][];
            /** @description The id of the request, for those who look into the log. */
            instance: string;
            /** Format: int32 */
            status: number;
            title: string;
            /**
             * @description The address of a page that says what to do.
             * @enum {string}
             */
            type: "/problems/invalid-request" | "/problems/environment-required" | "/problems/unauthorized" | "/problems/environment-forbidden" | "/problems/missing-scope" | "/problems/not-found" | "/problems/method-not-allowed" | "/problems/request-timeout" | "/problems/username-taken" | "/problems/email-taken" | "/problems/in-flight" | "/problems/unknown-position" | "/problems/stale-version" | "/problems/too-large" | "/problems/unsupported-media-type" | "/problems/invalid-body" | "/problems/idempotency-key-reused" | "/problems/headers-too-large" | "/problems/overloaded" | "/problems/internal" | "/problems/unavailable";
        };
        ProfileV2: {
            email: string;
            firstName: string;
            lastName: string;
        } & {
            [key: string]: unknown;
        };
        /**
         * @example {
         *       "status": "ok",
         *       "checks": {
         *         "views": "ok",
         *         "log": "ok"
         *       }
         *     }
         */
        Readiness: {
            /** @description What is needed: "ok", or the reason why it is not there. */
            checks: {
                [key: string]: string;
            };
            /** @enum {string} */
            status: "ok" | "unavailable";
        };
        /**
         * @example {
         *       "accepted": 0,
         *       "rejected": [
         *         {
         *           "index": 0,
         *           "code": "unknown-user",
         *           "detail": "there is no such user"
         *         }
         *       ]
         *     }
         */
        RefusedActivities: {
            /** Format: int64 */
            accepted: number;
            rejected: components["schemas"]["RejectedActivity"][];
        };
        /**
         * @example {
         *       "created": 1,
         *       "rejected": [
         *         {
         *           "index": 1,
         *           "code": "username-taken",
         *           "detail": "the username is taken"
         *         }
         *       ]
         *     }
         */
        RegisteredUsers: {
            /** Format: int64 */
            created: number;
            rejected: components["schemas"]["RejectedUser"][];
        };
        RejectedActivity: {
            /** @enum {string} */
            code: "unknown-user" | "ambiguous-user" | "unknown-workspace" | "invalid-type" | "invalid-time" | "too-large" | "invalid";
            detail: string;
            /** Format: int64 */
            index: number;
        };
        RejectedUser: {
            code: string;
            detail: string;
            /** Format: int64 */
            index: number;
        };
        /**
         * @example [
         *       {
         *         "cohort": "2026-11-22T00:00:00.000Z",
         *         "users": 3,
         *         "returned": [
         *           3,
         *           1
         *         ]
         *       }
         *     ]
         */
        Retention: components["schemas"]["Cohort"][];
        /**
         * @example editor
         * @enum {string}
         */
        Role: "viewer" | "editor" | "admin";
        /**
         * @example {
         *       "role": "editor"
         *     }
         */
        RoleInput: {
            role: components["schemas"]["Role"];
        };
        RoleOfGroup: {
            /** Format: int64 */
            id: number;
            name: string;
            /** @constant */
            type: "group";
        };
        RoleSource: components["schemas"]["DirectRole"] | components["schemas"]["RoleOfGroup"];
        /**
         * @example {
         *       "reason": "unknown-position",
         *       "resumedFrom": "kq2Zb8vN4sWm1XfYc0TgRw"
         *     }
         */
        StreamReset: {
            /** @enum {string} */
            reason: "malformed-position" | "position-of-another-stream" | "unknown-position";
            resumedFrom: string;
        };
        /**
         * @example {
         *       "ticket": "f6pO0nRkDq0J9hVJmXv0uYcWb3Zt1sEe",
         *       "expiresIn": 30
         *     }
         */
        StreamTicket: {
            /**
             * Format: int64
             * @description Seconds within which it has to be used first
             */
            expiresIn: number;
            /** @description Opens one stream, and that stream again, until the token expires or a day has passed */
            ticket: string;
        };
        /**
         * @example {
         *       "accepted": 1,
         *       "rejected": [
         *         {
         *           "index": 1,
         *           "code": "unknown-user",
         *           "detail": "there is no such user"
         *         }
         *       ]
         *     }
         */
        TakenActivities: {
            /** Format: int64 */
            accepted: number;
            rejected: components["schemas"]["RejectedActivity"][];
        };
        /**
         * @example [
         *       {
         *         "key": 1,
         *         "name": "jane",
         *         "count": 3
         *       }
         *     ]
         */
        Top: components["schemas"]["TopEntry"][];
        TopEntry: {
            /** Format: int64 */
            count: number;
            key: components["schemas"]["TopKey"];
            /** @description Of a workspace or user, as long as it is there. */
            name?: string;
        };
        /** @description The type, or the id of the workspace or user. */
        TopKey: string | number;
        /**
         * @example {
         *       "id": 1,
         *       "username": "jane",
         *       "email": "jane@example.com",
         *       "firstName": "Jane",
         *       "lastName": "",
         *       "isActive": true,
         *       "objectId": "6b0284a42a97510000000001",
         *       "profile": {
         *         "team": "tide"
         *       },
         *       "createdOn": "2026-11-22T05:59:00.590Z",
         *       "lastModifiedOn": "2026-11-22T05:59:00.590Z",
         *       "lastActiveOn": null
         *     }
         */
        User: {
            /** Format: date-time */
            createdOn: string;
            email: string;
            firstName: string;
            /** Format: int64 */
            id: number;
            isActive: boolean;
            /** Format: date-time */
            lastActiveOn: string | null;
            /** Format: date-time */
            lastModifiedOn: string;
            lastName: string;
            objectId: string;
            profile: {
                [key: string]: unknown;
            };
            username: string;
        };
        UserGrant: {
            /** Format: int64 */
            id: number;
            role: components["schemas"]["Role"];
            username: string;
        };
        UserInput: {
            /** @description Unique within the environment like the username. */
            email: string;
            /** @default  */
            firstName?: string | null;
            /** @default true */
            isActive?: boolean | null;
            /** @default  */
            lastName?: string | null;
            /**
             * @description Free fields, up to 16 KiB of JSON.
             * @default {}
             */
            profile?: {
                [key: string]: unknown;
            } | null;
            /** @description Unique within the environment without regard to case, compatible spellings and white space around it. */
            username: string;
        };
        /**
         * @example {
         *       "status": "ok",
         *       "data": [
         *         {
         *           "_id": "6b0284a42a97510000000001",
         *           "username": "jane",
         *           "profile": {
         *             "team": "tide",
         *             "firstName": "Jane",
         *             "lastName": "",
         *             "email": "jane@example.com"
         *           },
         *           "_createdOn": "2026-11-22T05:59:00.590Z"
         *         }
         *       ],
         *       "pagination": {
         *         "hasPrevious": false,
         *         "hasNext": true,
         *         "next": "limit=1&after=6b0284a42a97510000000001"
         *       }
         *     }
         */
        UserListV2: {
            data: components["schemas"]["ListedUserV2"][];
            pagination: components["schemas"]["PaginationV2"];
            /** @constant */
            status: "ok";
        };
        /**
         * @example {
         *       "count": 42,
         *       "next": "http://127.0.0.1:3000/api/v3/users?page=2&page_size=1",
         *       "previous": null,
         *       "results": [
         *         {
         *           "id": 1,
         *           "username": "jane",
         *           "email": "jane@example.com",
         *           "firstName": "Jane",
         *           "lastName": "",
         *           "isActive": true
         *         }
         *       ]
         *     }
         */
        UserPage: {
            /** Format: int64 */
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["ListedUser"][];
        };
        UserPatch: {
            /** @description Unique within the environment like the username. */
            email?: string;
            firstName?: string | null;
            isActive?: boolean | null;
            lastName?: string | null;
            /** @description A merge patch: null removes a field. What comes of it has up to 16 KiB of JSON. */
            profile?: {
                [key: string]: unknown;
            } | null;
            /** @description Unique within the environment without regard to case, compatible spellings and white space around it. */
            username?: string;
        };
        /**
         * @example {
         *       "id": 1,
         *       "username": "jane",
         *       "email": "jane@example.com",
         *       "firstName": "Jane",
         *       "lastName": "",
         *       "isActive": true,
         *       "_id": "6b0284a42a97510000000001",
         *       "profile": {
         *         "team": "tide",
         *         "firstName": "Jane",
         *         "lastName": "",
         *         "email": "jane@example.com"
         *       },
         *       "_createdOn": "2026-11-22T05:59:00.590Z",
         *       "_lastModifiedOn": "2026-11-22T05:59:00.590Z"
         *     }
         */
        UserV2: {
            /** Format: date-time */
            _createdOn: string;
            _id: string;
            /** Format: date-time */
            _lastModifiedOn: string;
            email: string;
            firstName: string;
            /** Format: int64 */
            id: number;
            isActive: boolean;
            lastName: string;
            profile: components["schemas"]["ProfileV2"];
            username: string;
        };
        UserWorkspace: {
            /** Format: int64 */
            id: number;
            name: string;
            role: components["schemas"]["Role"];
            via: components["schemas"]["RoleSource"][];
        };
        /**
         * @example [
         *       {
         *         "id": 1,
         *         "name": "Tide",
         *         "role": "admin",
         *         "via": [
         *           {
         *             "type": "direct"
         *           },
         *           {
         *             "type": "group",
         *             "id": 2,
         *             "name": "Crew"
         *           }
         *         ]
         *       }
         *     ]
         */
        UserWorkspaces: components["schemas"]["UserWorkspace"][];
        /**
         * @example {
         *       "id": 1,
         *       "name": "Tide"
         *     }
         */
        Workspace: {
            /** Format: int64 */
            id: number;
            name: string;
        };
        /**
         * @example {
         *       "count": 1,
         *       "next": null,
         *       "previous": null,
         *       "results": [
         *         {
         *           "id": 1,
         *           "name": "Tide"
         *         }
         *       ]
         *     }
         */
        WorkspacePage: {
            /** Format: int64 */
            count: number;
            /** Format: uri */
            next: string | null;
            /** Format: uri */
            previous: string | null;
            results: components["schemas"]["Workspace"][];
        };
    };
    responses: {
        /** @description The token does not name this environment; The token lacks a scope */
        EnvironmentForbiddenOrMissingScope: {
            headers: {
                /**
                 * @description How to say who calls, and what was wrong with how it was said (RFC 6750).
                 * @example Bearer realm="tidemark"
                 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The token does not name this environment; The token lacks a scope */
        EnvironmentForbiddenOrMissingScopeV2: {
            headers: {
                /**
                 * @description How to say who calls, and what was wrong with how it was said (RFC 6750).
                 * @example Bearer realm="tidemark"
                 */
                "WWW-Authenticate"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description The Idempotency-Key was used for another request */
        IdempotencyKeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The first request with this key is still running */
        InFlight: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something went wrong here */
        Internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Something went wrong here */
        InternalV2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description The body is not valid; The Idempotency-Key was used for another request */
        InvalidBodyOrIdempotencyKeyReused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is not valid; The environment is missing */
        InvalidRequestOrEnvironmentRequired: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is not valid; The environment is missing */
        InvalidRequestOrEnvironmentRequiredV2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description There is no such thing here */
        NotFound: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description There is no such thing here */
        NotFoundV2: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description Too much at once */
        Overloaded: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Too much at once */
        OverloadedV2: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description The request did not arrive in time */
        RequestTimeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description Somebody changed it in between */
        StaleVersion: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request is too large */
        TooLarge: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A valid token is required */
        Unauthorized: {
            headers: {
                /**
                 * @description How to say who calls, and what was wrong with how it was said (RFC 6750).
                 * @example Bearer realm="tidemark"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A valid token is required */
        UnauthorizedV2: {
            headers: {
                /**
                 * @description How to say who calls, and what was wrong with how it was said (RFC 6750).
                 * @example Bearer realm="tidemark"
                 */
                "WWW-Authenticate": string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description A server that this needs does not answer */
        Unavailable: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description A server that this needs does not answer */
        UnavailableV2: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After": number;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["ErrorV2"];
            };
        };
        /** @description The position is not known */
        UnknownPosition: {
            headers: {
                /**
                 * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                 * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                 */
                "Tidemark-Position": string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The media type is not supported */
        UnsupportedMediaType: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The username is taken; The e-mail address is taken */
        UsernameTakenOrEmailTaken: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The username is taken; The e-mail address is taken; The first request with this key is still running */
        UsernameTakenOrEmailTakenOrInFlight: {
            headers: {
                /**
                 * @description Seconds until it is worth while to send this again.
                 * @example 2
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    countActiveUsersV2: {
        parameters: {
            query?: {
                /** @description A number and m, h or d, from 1m to 90d; it ends now. */
                window?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many users are active now */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveUsersV2"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequiredV2"];
            401: components["responses"]["UnauthorizedV2"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScopeV2"];
            429: components["responses"]["OverloadedV2"];
            500: components["responses"]["InternalV2"];
            503: components["responses"]["UnavailableV2"];
        };
    };
    listUsersV2: {
        parameters: {
            query?: {
                /**
                 * @description Behind this _id.
                 * @example 6b0284a42a97510000000001
                 */
                after?: string;
                /**
                 * @description In front of this _id.
                 * @example 6b0284a42a97510000000001
                 */
                before?: string;
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Users in the order of their _id */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserListV2"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequiredV2"];
            401: components["responses"]["UnauthorizedV2"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScopeV2"];
            429: components["responses"]["OverloadedV2"];
            500: components["responses"]["InternalV2"];
            503: components["responses"]["UnavailableV2"];
        };
    };
    getUserV2: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 6b0284a42a97510000000001 */
                userId: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One user, as an array of one */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["OneUserV2"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequiredV2"];
            401: components["responses"]["UnauthorizedV2"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScopeV2"];
            404: components["responses"]["NotFoundV2"];
            500: components["responses"]["InternalV2"];
            503: components["responses"]["UnavailableV2"];
        };
    };
    appendActivities: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /** @description Marks history: let in only while the views keep up. */
                "Tidemark-Lane"?: "backfill";
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 8192 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/cloudevents-batch+json": components["schemas"]["CloudEvent"][];
                "application/cloudevents+json": components["schemas"]["CloudEvent"];
                "application/json": components["schemas"]["IncomingActivity"] | components["schemas"]["IncomingActivity"][];
                /**
                 * @example {"userId":1,"type":"page.viewed"}
                 *     {"username":"jane","type":"order.placed","data":{"total":12}}
                 */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description What is accepted is on every in-sync replica of the log */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TakenActivities"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            /** @description None of them can be taken; The body is not valid */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RefusedActivities"];
                    "application/problem+json": components["schemas"]["Problem"];
                };
            };
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getCommand: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 019aaa2e-5a3c-7d64-b6a1-3f0c2a9b7e11 */
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is pending, or it changed this */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOutcome"];
                };
            };
            /** @description It made this */
            201: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandOutcome"];
                };
            };
            /** @description It is done, and there is nothing to show */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["UsernameTakenOrEmailTaken"];
            412: components["responses"]["StaleVersion"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listGroups: {
        parameters: {
            query?: {
                /** @description What comes behind this id, in place of a page: nobody is missed while others are deleted. 0 begins. */
                after?: number;
                /** @description From 1, which is the default; not together with after. */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of groups, in the order of their ids */
            200: {
                headers: {
                    /**
                     * @description The next page, as `rel="next"`; absent on the last.
                     * @example <http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["GroupPage"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedInput"];
            };
        };
        responses: {
            /** @description Create a group */
            201: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Only where this is no longer the version (304 otherwise).
                 * @example "3"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One group */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description It is still that version */
            304: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Delete a group, and the roles that it held */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedPatch"];
                "application/merge-patch+json": components["schemas"]["NamedPatch"];
            };
        };
        responses: {
            /** @description Rename a group */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Group"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listMembers: {
        parameters: {
            query?: {
                /** @description What comes behind this id, in place of a page: nobody is missed while others are deleted. 0 begins. */
                after?: number;
                /** @description From 1, which is the default; not together with after. */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of the members of a group, in the order of their ids */
            200: {
                headers: {
                    /**
                     * @description The next page, as `rel="next"`; absent on the last.
                     * @example <http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    addMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Make a user a member of a group */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    removeMember: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description End the membership of a user in a group */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    countActiveUsers: {
        parameters: {
            query?: {
                /** @description A number and m, h or d, from 1m to 90d; it ends now. */
                window?: string;
                /** @example 1 */
                workspace?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many users were active in the window that ends now */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveUsers"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    seriesOfActiveUsers: {
        parameters: {
            query?: {
                /**
                 * @description The first moment: a time, or a date for its first in `tz`. Left out: so that there are 30 intervals.
                 * @example 2026-11-22
                 */
                from?: string;
                interval?: "minute" | "hour" | "day" | "week" | "month";
                /**
                 * @description Where it ends: a time, which is not in it, or a date, which is as a whole. Left out: now.
                 * @example 2026-11-22
                 */
                to?: string;
                /**
                 * @description The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.
                 * @example Europe/Berlin
                 */
                tz?: string;
                /**
                 * @description Only what happened in this workspace.
                 * @example 1
                 */
                workspace?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many users were active in each interval */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveUsersSeries"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    seriesOfActivities: {
        parameters: {
            query?: {
                /**
                 * @description The first moment: a time, or a date for its first in `tz`. Left out: so that there are 30 intervals.
                 * @example 2026-11-22
                 */
                from?: string;
                /** @description What each interval is divided by. */
                group?: "type" | "workspace";
                interval?: "minute" | "hour" | "day" | "week" | "month";
                /**
                 * @description Where it ends: a time, which is not in it, or a date, which is as a whole. Left out: now.
                 * @example 2026-11-22
                 */
                to?: string;
                /**
                 * @description Only activities of this type.
                 * @example page.viewed
                 */
                type?: string;
                /**
                 * @description The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.
                 * @example Europe/Berlin
                 */
                tz?: string;
                /**
                 * @description Only what happened in this workspace.
                 * @example 1
                 */
                workspace?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many activities there are in each interval */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivitySeries"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getEngagement: {
        parameters: {
            query?: {
                /**
                 * @description The day, as a date in `tz`. Left out: today.
                 * @example 2026-11-22
                 */
                on?: string;
                /**
                 * @description The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.
                 * @example Europe/Berlin
                 */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many users were active on a day, and in the 7 and 30 days that end with it */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Engagement"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getLifecycle: {
        parameters: {
            query?: {
                /**
                 * @description The first moment: a time, or a date for its first in `tz`. Left out: so that there are 30 intervals.
                 * @example 2026-11-22
                 */
                from?: string;
                interval?: "minute" | "hour" | "day" | "week" | "month";
                /**
                 * @description Where it ends: a time, which is not in it, or a date, which is as a whole. Left out: now.
                 * @example 2026-11-22
                 */
                to?: string;
                /**
                 * @description The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.
                 * @example Europe/Berlin
                 */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who is new in each interval, who stays, who comes back and who stays away */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Lifecycle"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getRetention: {
        parameters: {
            query?: {
                /**
                 * @description The first moment: a time, or a date for its first in `tz`. Left out: so that there are 30 intervals.
                 * @example 2026-11-22
                 */
                from?: string;
                interval?: "day" | "week" | "month";
                /**
                 * @description Where it ends: a time, which is not in it, or a date, which is as a whole. Left out: now.
                 * @example 2026-11-22
                 */
                to?: string;
                /**
                 * @description The time zone of IANA, in whatever case, in which hours, days, weeks (from Monday) and months begin.
                 * @example Europe/Berlin
                 */
                tz?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many users come back, by the interval of their first activity ever */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Retention"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listTop: {
        parameters: {
            query: {
                /** @example type */
                by: "type" | "workspace" | "user";
                limit?: number;
                /** @description A number and m, h or d, from 1m to 90d; it ends now. */
                window?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The types, workspaces or users with the most activities in the window that ends now */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    /**
                     * @description Where the figures come from: those of Postgres are the same, only slower.
                     * @example redis
                     */
                    "Tidemark-Source": "redis" | "postgres";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Top"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamActivities: {
        parameters: {
            query?: {
                /** @description The same as lastEventId, which goes first */
                after?: string;
                /** @description Resume behind this position; the header Last-Event-ID goes first */
                lastEventId?: string;
                /** @description No stream, but one answer, with at most so many activities (1000 by default); it may have less */
                limit?: number;
                /**
                 * @description Begin with what was received (receivedAt) then or later; a position goes first A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                since?: string;
                /** @description Where there is no good Authorization, from POST /api/v3/stream-tickets: from its first use on for this stream */
                ticket?: string;
                /** @description Only activities of these types */
                types?: string;
                /**
                 * @description No stream, but one answer: at once where there is something, else for so long (0 to 30 s, 0 by default)
                 * @example 20s
                 */
                wait?: string;
            };
            header?: {
                /**
                 * @description Resume behind this position; an empty one counts as none. One that is not known gets a reset.
                 * @example kq2Zb8vN4sWm1XfYc0TgRw
                 */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description An environment's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson */
            200: {
                headers: {
                    /**
                     * @description Whether the answer may be kept.
                     * @example no-store
                     */
                    "Cache-Control": string;
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position"?: string;
                    /**
                     * @description Whether the answer has all that there is; where not, the next request gets more at once.
                     * @example true
                     */
                    "Tidemark-Up-To-Date"?: "true" | "false";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"][];
                    /**
                     * @example {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *     {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"},"position":"b7JdP3uLx9QeHn6SaVtKyA"}
                     */
                    "application/x-ndjson": string;
                    /**
                     * @example retry: 2000
                     *     : live from here on
                     *     event: position
                     *     id: kq2Zb8vN4sWm1XfYc0TgRw
                     *     data: {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *
                     *     id: b7JdP3uLx9QeHn6SaVtKyA
                     *     data: {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"}}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            410: components["responses"]["UnknownPosition"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    issueStreamTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A ticket that opens one stream, again and again, in place of the token: for browsers, which cannot send headers there */
            201: {
                headers: {
                    /**
                     * @description Whether the answer may be kept.
                     * @example no-store
                     */
                    "Cache-Control": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["StreamTicket"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            408: components["responses"]["RequestTimeout"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUsers: {
        parameters: {
            query?: {
                /** @description What comes behind this id, in place of a page: nobody is missed while others are deleted. 0 begins. */
                after?: number;
                isActive?: boolean;
                /**
                 * @description Only who was active then or later. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                lastActiveSince?: string;
                /** @description From 1, which is the default; not together with after. */
                page?: number;
                page_size?: number;
                /**
                 * @description Only who has a role there, directly or by a group.
                 * @example 1
                 */
                workspace?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of users, in the order of their ids */
            200: {
                headers: {
                    /**
                     * @description The next page, as `rel="next"`; absent on the last.
                     * @example <http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserPage"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    registerUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserInput"];
            };
        };
        responses: {
            /** @description Register a user */
            201: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["UsernameTakenOrEmailTakenOrInFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Only where this is no longer the version (304 otherwise).
                 * @example "3"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One user */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description It is still that version */
            304: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    replaceUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserInput"];
            };
        };
        responses: {
            /** @description Replace all details of a user */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["UsernameTakenOrEmailTakenOrInFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteUser: {
        parameters: {
            query?: {
                /** @description For good (scope admin): what the log holds of the user cannot be read any more by anybody. Also for users who were deleted before. */
                erase?: "true" | "false";
            };
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Delete a user, or erase everything personal for good */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserPatch"];
                "application/merge-patch+json": components["schemas"]["UserPatch"];
            };
        };
        responses: {
            /** @description Change some details of a user */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["User"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["UsernameTakenOrEmailTakenOrInFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listActiveWorkspaces: {
        parameters: {
            query?: {
                /** @description A number and m, h or d, from 1m to 90d; it ends now. */
                window?: string;
            };
            header?: never;
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The workspaces that a user was active in, latest first */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActiveWorkspaces"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listActivities: {
        parameters: {
            query?: {
                /** @description From the Link of a page, as it stands there. */
                after?: string;
                limit?: number;
                /**
                 * @description What occurred then or later. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                since?: string;
                /** @example page.viewed */
                type?: string;
                /**
                 * @description What occurred before. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                until?: string;
                /** @example 1 */
                workspace?: number;
            };
            header?: never;
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A user's activities, latest first */
            200: {
                headers: {
                    /**
                     * @description The next page, as `rel="next"`; absent on the last.
                     * @example <http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"
                     */
                    Link?: string;
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"][];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    countActivities: {
        parameters: {
            query?: {
                /**
                 * @description What occurred then or later. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                since?: string;
                /** @example page.viewed */
                type?: string;
                /**
                 * @description What occurred before. A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                until?: string;
                /** @example 1 */
                workspace?: number;
            };
            header?: never;
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description How many activities a user has */
            200: {
                headers: {
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position": string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ActivityCount"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamUserActivities: {
        parameters: {
            query?: {
                /** @description The same as lastEventId, which goes first */
                after?: string;
                /** @description Resume behind this position; the header Last-Event-ID goes first */
                lastEventId?: string;
                /** @description No stream, but one answer, with at most so many activities (1000 by default); it may have less */
                limit?: number;
                /**
                 * @description Begin with what was received (receivedAt) then or later; a position goes first A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                since?: string;
                /** @description Where there is no good Authorization, from POST /api/v3/stream-tickets: from its first use on for this stream */
                ticket?: string;
                /** @description Only activities of these types */
                types?: string;
                /**
                 * @description No stream, but one answer: at once where there is something, else for so long (0 to 30 s, 0 by default)
                 * @example 20s
                 */
                wait?: string;
            };
            header?: {
                /**
                 * @description Resume behind this position; an empty one counts as none. One that is not known gets a reset.
                 * @example kq2Zb8vN4sWm1XfYc0TgRw
                 */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A user's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson */
            200: {
                headers: {
                    /**
                     * @description Whether the answer may be kept.
                     * @example no-store
                     */
                    "Cache-Control": string;
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position"?: string;
                    /**
                     * @description Whether the answer has all that there is; where not, the next request gets more at once.
                     * @example true
                     */
                    "Tidemark-Up-To-Date"?: "true" | "false";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"][];
                    /**
                     * @example {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *     {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"},"position":"b7JdP3uLx9QeHn6SaVtKyA"}
                     */
                    "application/x-ndjson": string;
                    /**
                     * @example retry: 2000
                     *     : live from here on
                     *     event: position
                     *     id: kq2Zb8vN4sWm1XfYc0TgRw
                     *     data: {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *
                     *     id: b7JdP3uLx9QeHn6SaVtKyA
                     *     data: {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"}}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["UnknownPosition"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listUserWorkspaces: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where a user has a role, which, and by which ways */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UserWorkspaces"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    registerUsers: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 8192 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["UserInput"][];
                /**
                 * @example {"username":"cid","email":"cid@example.com"}
                 *     {"username":"dan","email":"dan@example.com"}
                 */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description Register up to 10,000 users, each for itself */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RegisteredUsers"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    searchUsers: {
        parameters: {
            query: {
                limit?: number;
                /**
                 * @description Words, each of which must be in the username, e-mail, first or last name.
                 * @example jane
                 */
                q: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The users that fit best, by username, e-mail, first and last name */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedUser"][];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listWorkspaces: {
        parameters: {
            query?: {
                /** @description What comes behind this id, in place of a page: nobody is missed while others are deleted. 0 begins. */
                after?: number;
                /** @description From 1, which is the default; not together with after. */
                page?: number;
                page_size?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of workspaces, in the order of their ids */
            200: {
                headers: {
                    /**
                     * @description The next page, as `rel="next"`; absent on the last.
                     * @example <http://127.0.0.1:3000/api/v3/users/1/activities?after=yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGs>; rel="next"
                     */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkspacePage"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    createWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedInput"];
            };
        };
        responses: {
            /** @description Create a workspace */
            201: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    getWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Only where this is no longer the version (304 otherwise).
                 * @example "3"
                 */
                "If-None-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One workspace */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            /** @description It is still that version */
            304: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    deleteWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Delete a workspace, and the roles in it */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    changeWorkspace: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
                /**
                 * @description Only where this is still the version (412 otherwise).
                 * @example "1"
                 */
                "If-Match"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["NamedPatch"];
                "application/merge-patch+json": components["schemas"]["NamedPatch"];
            };
        };
        responses: {
            /** @description Rename a workspace */
            200: {
                headers: {
                    /**
                     * @description The object's version, for If-Match and If-None-Match.
                     * @example "3"
                     */
                    ETag: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Workspace"];
                };
            };
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            412: components["responses"]["StaleVersion"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    listPermissions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Who has a role in a workspace, directly and as a group */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Permissions"];
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    grantGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                group_id: number;
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleInput"];
            };
        };
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Give all members of a group a role in a workspace */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeGroup: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                group_id: number;
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Take a group's role in a workspace away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    grantUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        /** @description At most 64 KiB, unpacked; Content-Encoding: gzip, deflate, br, zstd. */
        requestBody: {
            content: {
                "application/json": components["schemas"]["RoleInput"];
            };
        };
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Give a user a role in a workspace */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["InvalidBodyOrIdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    revokeUser: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description The same key and body give the first answer again for 24 hours; one that shows a user who has been deleted since is not found.
                 * @example 5d1f6a52-6a0c-4f0e-9a8e-0c7b4f6d2a11
                 */
                "Idempotency-Key"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
                /** @example 1 */
                user_id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The command is in the log and will be judged; Location tells what became of it */
            202: {
                headers: {
                    /**
                     * @description Where the object, or the outcome, is.
                     * @example /api/v3/users/1
                     */
                    Location: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingCommand"];
                };
            };
            /** @description Take a user's own role in a workspace away */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            408: components["responses"]["RequestTimeout"];
            409: components["responses"]["InFlight"];
            413: components["responses"]["TooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyKeyReused"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    streamWorkspaceActivities: {
        parameters: {
            query?: {
                /** @description The same as lastEventId, which goes first */
                after?: string;
                /** @description Resume behind this position; the header Last-Event-ID goes first */
                lastEventId?: string;
                /** @description No stream, but one answer, with at most so many activities (1000 by default); it may have less */
                limit?: number;
                /**
                 * @description Begin with what was received (receivedAt) then or later; a position goes first A time as of RFC 3339, such as 2026-11-22T05:59:01Z.
                 * @example 2026-11-22T05:59:01Z
                 */
                since?: string;
                /** @description Where there is no good Authorization, from POST /api/v3/stream-tickets: from its first use on for this stream */
                ticket?: string;
                /** @description Only activities of these types */
                types?: string;
                /**
                 * @description No stream, but one answer: at once where there is something, else for so long (0 to 30 s, 0 by default)
                 * @example 20s
                 */
                wait?: string;
            };
            header?: {
                /**
                 * @description Resume behind this position; an empty one counts as none. One that is not known gets a reset.
                 * @example kq2Zb8vN4sWm1XfYc0TgRw
                 */
                "Last-Event-ID"?: string;
            };
            path: {
                /** @example 1 */
                id: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A workspace's activities as they happen: Server-Sent Events, or lines for Accept: application/x-ndjson */
            200: {
                headers: {
                    /**
                     * @description Whether the answer may be kept.
                     * @example no-store
                     */
                    "Cache-Control": string;
                    /**
                     * @description Where the answer stands: a stream that is opened with it as `after` goes on from there.
                     * @example yZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc4eGsyZt0aVxW2mJb1kQ7dRfL8nUoPc
                     */
                    "Tidemark-Position"?: string;
                    /**
                     * @description Whether the answer has all that there is; where not, the next request gets more at once.
                     * @example true
                     */
                    "Tidemark-Up-To-Date"?: "true" | "false";
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Activity"][];
                    /**
                     * @example {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *     {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"},"position":"b7JdP3uLx9QeHn6SaVtKyA"}
                     */
                    "application/x-ndjson": string;
                    /**
                     * @example retry: 2000
                     *     : live from here on
                     *     event: position
                     *     id: kq2Zb8vN4sWm1XfYc0TgRw
                     *     data: {"position":"kq2Zb8vN4sWm1XfYc0TgRw"}
                     *
                     *     id: b7JdP3uLx9QeHn6SaVtKyA
                     *     data: {"id":"b6df582b-f530-43bb-92db-d5e7e5a4c6a5","type":"page.viewed","userId":1,"workspaceId":1,"occurredAt":"2026-11-22T05:59:01.030Z","receivedAt":"2026-11-22T05:59:01.073Z","data":{"path":"/"}}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidRequestOrEnvironmentRequired"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["EnvironmentForbiddenOrMissingScope"];
            404: components["responses"]["NotFound"];
            410: components["responses"]["UnknownPosition"];
            429: components["responses"]["Overloaded"];
            500: components["responses"]["Internal"];
            503: components["responses"]["Unavailable"];
        };
    };
    isLive: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the process runs */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Liveness"];
                };
            };
        };
    };
    isReady: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Whether the process can serve */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            /** @description Whether the process can serve */
            503: {
                headers: {
                    /**
                     * @description Seconds until it is worth while to send this again.
                     * @example 2
                     */
                    "Retry-After": number;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    scrapeMetrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics of the process, as Prometheus reads them */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
        };
    };
    listProblems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All problems, each with its page */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
        };
    };
    explainProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @example not-found */
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What a problem means and what to do */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": string;
                };
            };
            404: components["responses"]["NotFound"];
        };
    };
}
