/**
 * SQL, for rows of others that have the columns `environment` and `user_id`: whether the user has not been deleted. One who
 * is not registered yet, as while the views are being built, has not. Looked up row by row, whatever else a statement
 * does: a join would read all users for a few rows.
 */
export const userRemains = (row: string) => `coalesce(
  (SELECT true FROM users WHERE users.environment = ${row}.environment AND users.id = ${row}.user_id),
  ${row}.user_id > coalesce(
    (SELECT last_user_id FROM environments WHERE environments.environment = ${row}.environment), 0))`;
