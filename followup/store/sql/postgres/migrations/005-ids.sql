-- Ids are one regardless of case: who is added, and what is typed, is looked up by this. It isn't unique, since an
-- office that is older may have two that differ in case only: `doctor` names them.
CREATE INDEX contact_key ON contact (lower(id));

CREATE OR REPLACE FUNCTION is_new_contact(wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp COST 5000
AS $$ SELECT NOT EXISTS (SELECT 1 FROM contact WHERE lower(id) = lower(wanted)) $$;

-- The ids of a JSON list of keys, as they are spelled. A rep's own condition on lower(id) would be asked behind the
-- policies, of every row: it isn't leakproof. That an id is taken, is_new_contact says already.
CREATE FUNCTION spelled(keys TEXT) RETURNS SETOF TEXT LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp COST 5000
AS $$ SELECT id FROM contact WHERE lower(id) = ANY (ARRAY(SELECT value FROM json_each(keys))) $$;
