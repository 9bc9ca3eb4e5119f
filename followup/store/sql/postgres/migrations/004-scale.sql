-- What these cost, said as it is: the planner has them asked of the few rows that a key finds, and not of everybody.
ALTER FUNCTION sees_contact(TEXT) COST 10000;
ALTER FUNCTION has_told(TEXT) COST 5000;
ALTER FUNCTION is_new_contact(TEXT) COST 5000;
ALTER FUNCTION is_mine(BIGINT) COST 5000;

-- What was typed of a change with batches to come is nobody else's business: whoever types it again finds it.
REVOKE SELECT ON change FROM {rep};
GRANT SELECT (id, at, by, command, catalog_version, undoes) ON change TO {rep};

CREATE FUNCTION unfinished_changes(typed TEXT) RETURNS SETOF BIGINT LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$ SELECT id FROM change WHERE unfinished = typed $$;
