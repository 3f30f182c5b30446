import { type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { placed, unsealed } from './command-seals.js';
import { RootKey } from './root-key.js';
import { digester } from './seal.js';
import { digestsOf } from '../decisions/digests.js';
import { judge } from '../decisions/judge.js';
import { decodeRecord } from './registry.record.js';
import { RegistryState } from '../decisions/registry.state.js';

const [ID, NEXT, ONE] = ['1524831183200260097', '1524831183200260098', '1.0'].map((text) => JSON.rawJSON(text));

/**
 * Records as they stand in logs, one of each kind, and what became of them. A log must be read and judged for ever as it
 * was at first: what is here is only ever added to.
 */
const golden: [record: string, verdict: object][] = [
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000001","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000001","names":{"username":"Xo6r36uLrlEzu6N0NL5IvQ","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"00F9TqkeyXwfXYsMREek+GDJVSHmoVFdckp2GarHSBCWFPW8D3u1W74nLY6v9Gy18aCoXBv6kUbSoHuNUAX3LMnfcK2JASHyhb0rEeIqGZFfoZMDthOoMNvRC01dr4DTAEsqW+xJgzQ40HK7PzHTTDR0IsA="}}',
    { accepted: { type: 'user', id: 1, did: 'create', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000002","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000002","names":{"username":"Xo6r36uLrlEzu6N0NL5IvQ","email":"nWh0BjCt2M6viPLgJe0HSA"},"isActive":true,"sealed":"iQ60EwTdzo7B/BzR5oPdhGcqnACrCjH1ZqEhMtpLdbjpt5rkuNDVylXfduwVYqehwzg66a1X5NB1w/VmBxQZP+tB/GvzotPLhK6o4phW4zxPVBnz9txyRLRUDyemVwwBDReTpH5+5fdlpLgmDFKDV+EZhC8="}}',
    { rejected: 'username-taken' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000003","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000003","names":{"username":"W0ShiKqcolK9SRjcV58qgA","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"p2wHmkcvbsrVzlYS2wxPiJHY1iS9d1dkkZJeaBPQnXKMk9aOr3UZkUlWF6hUWP5nu9W5USy29cgLD83ajTo06qMKXvv7JYDnfdfxDeHLPE/TC+9u3oI7YNKDp6N586lN5WS/FkTPOVDarwKaRmVlBYtMXQ=="}}',
    { rejected: 'email-taken' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000004","by":"ann","command":{"type":"ChangeUser","userId":1,"key":"01976d2f-0000-7000-8000-000000000001","names":{},"sealed":"/PvMlHX63FwZExp62iW2VLCDfmqKRRfDC9UNZY0QFwDvuh3zOEXiocA6gf9ytxI8aHvyw+lVEuJSM8a8vgw="}}',
    { accepted: { type: 'user', id: 1, did: 'change', version: 2, user: { profile: { a: { c: 2 } } } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000005","by":"ann","command":{"type":"ChangeUser","userId":1,"ifVersions":[1],"key":"01976d2f-0000-7000-8000-000000000001","names":{},"isActive":false,"sealed":"VHyLMr+XgP1PfCYlT2uApCbW+sVZJ/+TWkK/Bqlu"}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000006","by":"ann","command":{"type":"ReplaceUser","userId":1,"ifVersions":[2],"key":"01976d2f-0000-7000-8000-000000000001","names":{"username":"gOKqaypYE7geM3dij361bw","email":"xmZiEI05YP7-BLrmANfD_A"},"isActive":true,"sealed":"nXI7n9MFH4yABsgvdcw76sTzGwhi2Bw+hmL2YR3mQn1f+Aub4+IPEC2TftElLVyBOcqh7RC/CW+1m1oAJACISa8MGPzCeRCiag7AsA5y1xVZ6pjqSntT1/lnMD6HZUuMH1/P0yjGNnvsm2KJIopzizcvurYQ"}}',
    { accepted: { type: 'user', id: 1, did: 'change', version: 3, user: { username: 'janet' } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000019","by":"ann","command":{"type":"ChangeUser","userId":1,"key":"01976d2f-0000-7000-8000-000000000019","names":{},"isActive":false,"sealed":"Kwn7QAxKp9F+e+xEqVcVzrJs2v3EijgP8d6DpsId"}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000007","by":"ann","idempotency":{"key":"k","bodyHash":"h"},"command":{"type":"CreateWorkspace","name":"Tide"}}',
    { accepted: { type: 'workspace', id: 1, did: 'create', version: 1, named: { name: 'Tide' } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000008","by":"ann","idempotency":{"key":"k","bodyHash":"other"},"command":{"type":"CreateWorkspace","name":"Ebb"}}',
    { rejected: 'idempotency-key-reused' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000009","by":"ann","command":{"type":"RenameWorkspace","id":1,"name":"Ebb"}}',
    { accepted: { type: 'workspace', id: 1, did: 'change', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000010","by":"ann","command":{"type":"CreateGroup","name":"Sailors"}}',
    { accepted: { type: 'group', id: 1, did: 'create', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000011","by":"ann","command":{"type":"AssignRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1},"role":"member"}}',
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000012","by":"ann","command":{"type":"AssignRole","target":{"type":"workspace","id":2},"holder":{"type":"group","id":1},"role":"admin"}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000013","by":"ann","command":{"type":"WithdrawRole","target":{"type":"group","id":1},"holder":{"type":"user","id":1}}}',
    { accepted: { type: 'role', id: 1, did: 'change', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000014","by":"ann","command":{"type":"RenameGroup","id":1,"ifVersions":[9],"name":"x"}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000015","by":"ann","command":{"type":"DeleteGroup","id":1}}',
    { accepted: { type: 'group', id: 1, did: 'delete', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000016","by":"ann","command":{"type":"DeleteWorkspace","id":1,"ifVersions":[2]}}',
    { accepted: { type: 'workspace', id: 1, did: 'delete', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000017","by":"ann","command":{"type":"DeleteUser","userId":1}}',
    { accepted: { type: 'user', id: 1, did: 'delete', version: 3 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000018","by":"ann","command":{"type":"DeleteUser","userId":1}}',
    { rejected: 'not-found' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000040","by":"ann","command":{"type":"EraseUser","userId":1}}',
    { accepted: { type: 'user', id: 1, did: 'delete', version: 0 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000041","by":"ann","command":{"type":"EraseUser","userId":1,"ifVersions":[3]}}',
    { rejected: 'stale-version' },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000042","by":"ann","command":{"type":"EraseUser","userId":2}}',
    { rejected: 'not-found' },
  ],
  // Version 2: with digests, by which what changes nothing and what is too large is told.
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000020","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000020","names":{"username":"QN4hcFas2BMhPYPcY3uDjQ","email":"-NADv22LdT2JIrRxQJQgcQ"},"isActive":true,"sealed":"HUPHy03kKUxl7HDqhi8yjDAJp90voG1zynQtqI+cKd7qHZDibtIbLhZy7r0lmWuqk9fXS40djX+r202dV/3aUBPr/IaVVHcOkO6Yc85qn/hoQHROQpszKFML1eeFRKlwImmOj1nFPfqUwdBoorjaljua9CUmeTMyqTFdcxpehIvLiiCA"}}',
    { accepted: { type: 'user', id: 2, did: 'create', version: 1 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000021","by":"ann","command":{"type":"ChangeUser","userId":2,"key":"01976d2f-0000-7000-8000-000000000020","names":{},"digests":{"firstName":"XxjowShwn64A","profile":{"3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"1.VNrTJ-ERkIVQ"},"3.Bts6sJ60ywlq":null}},"base":{"version":1,"digests":{"username":"nknCinkgJbS1","email":"ZU4fMdFpjbJx","firstName":"XxjowShwn64A","lastName":"KIZ-zxRtNDiD","profile":{"3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"1.VNrTJ-ERkIVQ"},"3.tSxqx7Imxv8X":null}}},"isActive":true,"sealed":"0kXwqMJyyCay9btn74syZVcwcv30RZTl4pQ0D2E5RH79O00jKdDP1zI2dNiZxfaxRP5QagKOcbgyEn1iD6/9/CJzf3QeHivCkyzoFu1y4Hka"}}',
    { accepted: { type: 'user', id: 2, did: 'change', version: 1 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000022","by":"ann","command":{"type":"ChangeUser","userId":2,"key":"01976d2f-0000-7000-8000-000000000020","names":{},"digests":{"lastName":"5CRsngj4nN-c","profile":{"3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"3.2sIfoKQ6R7Lv"},"3.tSxqx7Imxv8X":null,"3.H8KHMzQwCjOU":"8.YFBBuP1JO9AQ"}},"base":{"version":1,"digests":{"username":"nknCinkgJbS1","email":"ZU4fMdFpjbJx","firstName":"XxjowShwn64A","lastName":"KIZ-zxRtNDiD","profile":{"3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"1.VNrTJ-ERkIVQ"},"3.tSxqx7Imxv8X":null}}},"sealed":"jDtRw9uNzhOg6TqZIDQZUhi5h8phOjG9ZjfL+2938QuIWK3v/kFqqC/ZnLKGaDdFEwvQ0NMVWJETfM5MvHgJiL0XnYFwggMDIZwiKwVLm3PFWJTFMG0Ia/ELJH1qGw=="}}',
    { accepted: { type: 'user', id: 2, did: 'change', version: 2, user: { profile: { a: { b: 2.5 }, e: [1, 'ü'] } } } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000023","by":"ann","command":{"type":"ReplaceUser","userId":2,"key":"01976d2f-0000-7000-8000-000000000020","names":{"username":"QN4hcFas2BMhPYPcY3uDjQ","email":"-NADv22LdT2JIrRxQJQgcQ"},"digests":{"username":"nknCinkgJbS1","email":"ZU4fMdFpjbJx","firstName":"XxjowShwn64A","lastName":"5CRsngj4nN-c","profile":{"3.H8KHMzQwCjOU":"8.YFBBuP1JO9AQ","3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"3.2sIfoKQ6R7Lv"}}},"isActive":true,"sealed":"uCwqmm6wu5KbMyopzW1F4dTfOsvJyjxUWxWyrzixyAfErz6hheQ94qMdwtfWL81bIYozABIjhMn2lLbdZgagVyFTe7cMcA7d+LUS5awIuMVRsmm9XOL/5eX691imNYIy4ZdYYFNAQxUOPgWaNcYPzz7Z8OkapFQUDJ30oyZb3r/q6aaLKRSnJ027lCWy"}}',
    { accepted: { type: 'user', id: 2, did: 'change', version: 2 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000024","by":"ann","command":{"type":"ChangeUser","userId":2,"key":"01976d2f-0000-7000-8000-000000000020","names":{},"digests":{"profile":{"3.GT53RSzm1o-P":"16380.aYZziGaJ3BVj"}},"sealed":"5msueWT3sO8H+ncuD6p1gKGiBW4FGSHvTYgrrWPtQXUylyNXRDbCuiT2Vbn/VRuiSQ=="}}',
    { rejected: 'invalid-body' },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000025","by":"ann","command":{"type":"ChangeUser","userId":2,"key":"01976d2f-0000-7000-8000-000000000020","names":{},"digests":{"profile":null},"sealed":"W0qDf7TY1uAp294N8weWAueA4U+7tjUE/rd5VUpLaS8s9F2nF6FGgUSSyno="}}',
    { accepted: { type: 'user', id: 2, did: 'change', version: 3, user: { profile: {} } } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000026","by":"ann","command":{"type":"ReplaceUser","userId":2,"ifVersions":[3],"key":"01976d2f-0000-7000-8000-000000000020","names":{"username":"QN4hcFas2BMhPYPcY3uDjQ","email":"-NADv22LdT2JIrRxQJQgcQ"},"digests":{"username":"nknCinkgJbS1","email":"ZU4fMdFpjbJx","firstName":"XxjowShwn64A","lastName":"KIZ-zxRtNDiD","profile":{"3.FMg6X4UGXN80":{"3.6ndc3U8Lsmnc":"1.VNrTJ-ERkIVQ"},"3.tSxqx7Imxv8X":null}},"isActive":false,"sealed":"l6EySUipGnDqgd9E7sdaXjXpbwkEq39LF/lr7Mj9PcY8XQxMlxlB8NK79x2YYizCNi04kyRWsb05yxX4jTYuuSb/xUMbcqoupgMnqjHUGTJVNbb/ooy/4kYNcC4hiNo7knrmDleOQjJMdXQOWiP8+8fnCeM/4BN3WbIibrEaXXX0A7Yv"}}',
    { accepted: { type: 'user', id: 2, did: 'change', version: 4, user: { isActive: false } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000027","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000027","names":{"username":"W0ShiKqcolK9SRjcV58qgA","email":"bF4ON3JIUwcCKGprlv4MjA"},"isActive":true,"sealed":"u4CyjRAGEIDwIle0bFHefGMbSt/Zq2v92V4d1ktMTie2qRiY8/vpFu2X9Bw0L58+uYxdTLQtf3NRVMD27jgD0xWOr7hLxrppC2EEUxeAEavUH4yTlWTcgotzH9SENXQOrsT7o4DErcpCNP8ugmZIjCctIzunAC7aawiFQSjn+/PkJw=="}}',
    { accepted: { type: 'user', id: 3, did: 'create', version: 1 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000028","by":"ann","command":{"type":"ChangeUser","userId":3,"key":"01976d2f-0000-7000-8000-000000000027","names":{},"digests":{"profile":{"3.uZ9PwsAQ6nsF":null}},"base":{"version":1,"digests":{"username":"m7IzxPIIoSve","email":"tdoDScZVgJDi","firstName":"jk6GswwSiAEs","lastName":"1HRNGgkkFqrV","profile":{"3.t5nzKYB69AKV":{"3.mXUyvZq5PI6p":"1.96vipVyicmAw"},"3.uZ9PwsAQ6nsF":null}}},"sealed":"XSyK2uN13I95CygBcGaU0bviZNH21+X+YuVpeVdUUsmDcSlHh2n78dpZ6PrNUQJcPqo="}}',
    { accepted: { type: 'user', id: 3, did: 'change', version: 2 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000029","by":"ann","command":{"type":"ChangeUser","userId":3,"key":"01976d2f-0000-7000-8000-000000000027","names":{},"digests":{"profile":{"3.uZ9PwsAQ6nsF":null}},"base":{"version":1,"digests":{"username":"m7IzxPIIoSve","email":"tdoDScZVgJDi","firstName":"jk6GswwSiAEs","lastName":"1HRNGgkkFqrV","profile":{"3.t5nzKYB69AKV":{"3.mXUyvZq5PI6p":"1.96vipVyicmAw"},"3.uZ9PwsAQ6nsF":null}}},"sealed":"lgKt+R8YYiYKUA5rtLdqqdOA8ZhlhQJK3200ZcnzhB1i5S9xi2ok/edxSV1tkpasqAg="}}',
    { accepted: { type: 'user', id: 3, did: 'change', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000030","by":"ann","command":{"type":"ChangeUser","userId":3,"key":"01976d2f-0000-7000-8000-000000000027","names":{},"sealed":"krreu+Km3j3+RMG9PVma8WnORXwnsNRn3ptEKl2U80i7h3lPnU9arpnUk0ABzw=="}}',
    { accepted: { type: 'user', id: 3, did: 'change', version: 3 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000031","by":"ann","command":{"type":"ChangeUser","userId":3,"key":"01976d2f-0000-7000-8000-000000000027","names":{},"digests":{"lastName":"cCr4u2An8Ga0"},"base":{"version":2,"digests":{"username":"m7IzxPIIoSve","email":"tdoDScZVgJDi","firstName":"jk6GswwSiAEs","lastName":"1HRNGgkkFqrV","profile":{"3.t5nzKYB69AKV":{"3.mXUyvZq5PI6p":"1.96vipVyicmAw"}}}},"sealed":"J4C3njp3ZiD51rN+gbkhNHJLIlXsQ888IlKggpWb+gwZsdKtvd6abAFzk98kdA=="}}',
    { accepted: { type: 'user', id: 3, did: 'change', version: 4 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000032","by":"ann","command":{"type":"ReplaceUser","userId":3,"key":"01976d2f-0000-7000-8000-000000000027","names":{"username":"W0ShiKqcolK9SRjcV58qgA","email":"bF4ON3JIUwcCKGprlv4MjA"},"digests":{"username":"m7IzxPIIoSve","email":"tdoDScZVgJDi","firstName":"jk6GswwSiAEs","lastName":"cCr4u2An8Ga0","profile":{"3.t5nzKYB69AKV":{"3.mXUyvZq5PI6p":"1.96vipVyicmAw"}}},"base":{"version":4,"digests":{"username":"m7IzxPIIoSve","email":"tdoDScZVgJDi","firstName":"jk6GswwSiAEs","lastName":"cCr4u2An8Ga0","profile":{"3.t5nzKYB69AKV":{"3.mXUyvZq5PI6p":"1.96vipVyicmAw"}}}},"isActive":true,"sealed":"aOd8NhxA86Br0RNijqkE6GwTlI1rob/9h69/kkOQJ48ZMhhhaDDxS66CNtCh3GanIjtLi005ouol/RsgMvgFXFsfEB5lpZ6TX2hcJo0MjcCLLdQsUHaCGfAs9357zECt7m0mVJzhKEKAvrs4mBcQ1H6k4GXMdjcS+PX1DQ=="}}',
    { accepted: { type: 'user', id: 3, did: 'change', version: 4 } },
  ],
  // Renamed to the name that is there, before and since `ifOther`.
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000060","by":"ann","command":{"type":"CreateGroup","name":"Crew"}}',
    { accepted: { type: 'group', id: 2, did: 'create', version: 1 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000061","by":"ann","command":{"type":"RenameGroup","id":2,"name":"Crew"}}',
    { accepted: { type: 'group', id: 2, did: 'change', version: 2 } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000062","by":"ann","command":{"type":"RenameGroup","id":2,"name":"Crew","ifOther":true}}',
    { accepted: { type: 'group', id: 2, did: 'change', version: 2, named: { name: 'Crew' } } },
  ],
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000063","by":"ann","command":{"type":"RenameGroup","id":2,"name":"Hands","ifOther":true}}',
    { accepted: { type: 'group', id: 2, did: 'change', version: 3, named: { name: 'Hands' } } },
  ],
  // With numbers that a double would round.
  [
    '{"v":1,"id":"01976d2f-0000-7000-8000-000000000050","by":"ann","command":{"type":"RegisterUser","key":"01976d2f-0000-7000-8000-000000000050","names":{"username":"ahLvdY7zYFoATyPyyWS_5Q","email":"LcDm4d9bsAUoVCu6wpgWKw"},"isActive":true,"sealed":"wmCMEHw2pCqmsToNrHkH+tTn0W4VleggJsN7p9OyHLCYDY/JuD3ef+uv4la91cIlqtBDziOOc0TgSFdyWzhpV01H530oxJX6r0q3j7Ge75wtA63za2SVWI+G1dadazlMW0STcQ/huo1jUY/Mn9DLBen3yMhqb6w4WZFqkGqqzxVE+S6VBq5hyr6hN3QiB4sDBOy2ojvM1Js=","exact":true}}',
    { accepted: { type: 'user', id: 4, did: 'create', version: 1, user: { profile: { id: ID, a: { one: ONE } } } } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000051","by":"ann","command":{"type":"ChangeUser","userId":4,"key":"01976d2f-0000-7000-8000-000000000050","names":{},"digests":{"profile":{"4.8jeyQ_nZN8tW":"19.dEbr_rh4fAkk"}},"base":{"version":1,"digests":{"username":"DH2R_fBptE7R","email":"GGfjFi48Tli6","firstName":"3ihg4fmmG2oe","lastName":"5ymJ9HDe1ZnH","profile":{"4.8jeyQ_nZN8tW":"19.dEbr_rh4fAkk","3.LJziF3LZiXHf":{"5.P2BMfDgAYEhO":"3.Qu2jIZhCXSMD"}}}},"sealed":"EXi5+Pf9eM3XOpNcdGeCUaQnCa0CogGcVECzUbyHyntdtchgRCRGSJNL8E5NwJ+3Bpm0TnaVZ6hOIh3qUHPhj0BU","exact":true}}',
    { accepted: { type: 'user', id: 4, did: 'change', version: 1 } },
  ],
  [
    '{"v":2,"id":"01976d2f-0000-7000-8000-000000000052","by":"ann","command":{"type":"ChangeUser","userId":4,"key":"01976d2f-0000-7000-8000-000000000050","names":{},"digests":{"profile":{"4.8jeyQ_nZN8tW":"19.FZuSFZgDRUkr","3.LJziF3LZiXHf":{"5.CUaTdVm-xtva":"1.Z_KMGDllmbQW"}}},"base":{"version":1,"digests":{"username":"DH2R_fBptE7R","email":"GGfjFi48Tli6","firstName":"3ihg4fmmG2oe","lastName":"5ymJ9HDe1ZnH","profile":{"4.8jeyQ_nZN8tW":"19.dEbr_rh4fAkk","3.LJziF3LZiXHf":{"5.P2BMfDgAYEhO":"3.Qu2jIZhCXSMD"}}}},"sealed":"VNoGk1jFTQLvGBGYkLOmf16wtct0tUDhmA++chDnX4KJCrV7ym4+vKHyTxXHrwhY5LbENVhG5CVGXX1mu0/oWuRIrj32i5EPBMGv21zJ8Dw=","exact":true}}',
    {
      accepted: {
        type: 'user',
        id: 4,
        did: 'change',
        version: 2,
        user: { profile: { id: NEXT, a: { one: ONE, two: 2 } } },
      },
    },
  ],
];

// What they were written with.
const root = new RootKey(Buffer.alloc(32, 1));
const salt = Buffer.alloc(32, 2);
const names = (text: string) => [...text.matchAll(/"key":"([0-9a-f-]{36})"/g)].map(([, key]) => key!);
const keysOf = (text: string) =>
  new Map(names(text).map((key) => [`demo/${key}`, root.userKey('demo', key, salt)] as const));

function judged(keysOf: (text: string) => Map<string, KeyObject>): RegistryState {
  const state = new RegistryState();
  for (const [index, [text]] of golden.entries()) {
    const place = { key: 'demo', offset: index, time: Date.UTC(2026, 0, 1) + index };
    judge(state, unsealed(placed(decodeRecord(Buffer.from(text))!, place), keysOf(text)));
  }
  return state;
}

const idOf = (text: string) => (JSON.parse(text) as { id: string }).id;

describe('a log of the past', () => {
  it('is read and judged as it was at first', () => {
    const state = judged(keysOf);
    for (const [text, verdict] of golden) expect(state.outcomes.get(idOf(text))?.verdict).toMatchObject(verdict);
  });

  it('is judged the same when its keys have been erased, and tells nothing personal any more', () => {
    const [whole, erased] = [judged(keysOf), judged(() => new Map())];
    for (const [text] of golden) {
      const verdict = erased.outcomes.get(idOf(text))?.verdict;
      expect(withoutPersonal(verdict)).toEqual(withoutPersonal(whole.outcomes.get(idOf(text))?.verdict));
      expect(JSON.stringify(verdict)).not.toMatch(/jane|mary|x\.y/i);
    }
  });

  it('is read to the last field, and not at all where later code wrote more into it', () => {
    for (const [text] of golden) {
      expect(JSON.stringify(decodeRecord(Buffer.from(text)))).toHaveLength(text.length);
      const more = Buffer.from(text.replace('"command":{', '"command":{"more":1,'));
      expect(() => decodeRecord(more)).toThrow(/"command\.more" this code lacks/);
    }
  });

  it('tells nothing personal to who has no keys', () => {
    expect(JSON.stringify(golden.map(([text]) => text))).not.toMatch(/jane|mary|roe|x\.y/i);
  });

  it('gives the ids that it gave at first', () => {
    expect(judged(keysOf).outcomes.get(idOf(golden[0]![0]))?.verdict).toMatchObject({
      accepted: { user: { objectId: '6955b9002a97510000000001' } },
    });
  });

  it('knows names by the hashes that they had at first', () => {
    expect(root.nameHash('demo', 'username', 'jane')).toBe('Xo6r36uLrlEzu6N0NL5IvQ');
    expect(root.nameHash('demo', 'email', 'j@x.y')).toBe('xmZiEI05YP7-BLrmANfD_A');
    expect(root.bodyHash('body')).toBe('1viY65R0Ds2lDF_lT-qHD05XviHysCv4tfyi1Yj6L5s');
  });

  it('knows details by the digests that they had at first', () => {
    const key = '01976d2f-0000-7000-8000-000000000020';
    const details = { username: 'Mary', email: 'mary@x.y', firstName: 'Mary', lastName: '', isActive: true };
    const digests = digestsOf(
      { ...details, profile: { a: { b: 1 }, d: null } },
      digester(root.userKey('demo', key, salt)),
    );
    const bases = golden.flatMap(([text]) => {
      const { command } = JSON.parse(text) as { command: { key?: string; base?: { digests: object } } };
      return command.base && command.key === key ? [command.base.digests] : [];
    });
    expect(bases).toEqual([digests, digests]);
  });
});

const PERSONAL = ['username', 'email', 'firstName', 'lastName', 'profile'];

/** A verdict as far as it has to be the same without the keys. */
function withoutPersonal(verdict: unknown): unknown {
  return JSON.parse(JSON.stringify(verdict), (field, value: unknown) =>
    PERSONAL.includes(field) && typeof field === 'string' && !isHash(value) ? undefined : value,
  );
}

const isHash = (value: unknown) => typeof value === 'string' && /^[\w-]{22}$/.test(value);
