#!/usr/bin/env bash
# openapi-generator 7.25.0, python: of two properties `_id` and `id` of one schema, the second replaces the first without a word.
#
# Both names become the Python name `id`. The generator writes both fields into the model's class, where the later one wins, and
# both into what is read and written: an object {"_id": "a", "id": 7} is read without its `_id`. There is no warning and the
# module loads. Mongo's habit of `_id` beside an integer `id` is enough for it. Needs Java 11 or later, and Maven to fetch the generator.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mvn -q dependency:copy -Dartifact=org.openapitools:openapi-generator-cli:7.25.0 -DoutputDirectory=. >/dev/null
cat >api.yaml <<'YAML'
openapi: 3.1.0
info: { title: t, version: '1' }
paths:
  /users:
    get:
      operationId: getUser
      responses:
        '200':
          description: A user
          content: { application/json: { schema: { $ref: '#/components/schemas/User' } } }
components:
  schemas:
    User:
      type: object
      required: [_id, id]
      properties:
        _id: { type: string }
        id: { type: integer }
YAML
java -jar openapi-generator-cli-7.25.0.jar generate -g python -i api.yaml -o out >log 2>&1
model=out/openapi_client/models/user.py
seen="fields named id: $(grep -cE '^    id: ' "$model"), warnings: $(grep -ciE 'warn.*(_id|duplicate|conflict)' log || true)"
echo "seen: $seen"
grep -nE '^    id: ' "$model"
[ "$seen" = 'fields named id: 2, warnings: 0' ]
