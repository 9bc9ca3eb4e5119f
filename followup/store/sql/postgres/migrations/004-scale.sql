-- The real costs, so that the planner calls these only for the few rows that a key finds, not for every row.
ALTER FUNCTION sees_contact(TEXT) COST 10000;
ALTER FUNCTION has_told(TEXT) COST 5000;
ALTER FUNCTION is_new_contact(TEXT) COST 5000;
ALTER FUNCTION is_mine(BIGINT) COST 5000;

-- The command of a change with batches missing is private: only typing it again finds the change.
REVOKE SELECT ON change FROM {rep};
GRANT SELECT (id, at, by, command, catalog_version, undoes) ON change TO {rep};

CREATE FUNCTION unfinished_changes(typed TEXT) RETURNS SETOF BIGINT LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$ SELECT id FROM change WHERE unfinished = typed $$;
