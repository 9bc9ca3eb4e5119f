-- Who sees what (F20), enforced by the server. The logins of reps are members of {rep}; those that apply, maintain the
-- store or run the automatic work are members of {worker}. Only the owner of the tables may be both.

-- The person with this login. session_user stays the login even while these functions run as their owner.
CREATE FUNCTION me() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$ SELECT id FROM person WHERE login = session_user $$;

CREATE FUNCTION sees_everything() RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$ SELECT coalesce((SELECT everything FROM person WHERE login = session_user), false) $$;

CREATE FUNCTION my_team() RETURNS TEXT[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$ SELECT coalesce((SELECT team FROM person WHERE login = session_user), '{}') $$;

CREATE FUNCTION my_property() RETURNS TEXT LANGUAGE sql STABLE SECURITY DEFINER SET search_path = {schema}, pg_temp
AS $$ SELECT property FROM person WHERE login = session_user $$;

-- The same rule as core/reach: tests/store/test_who_sees_what.py checks that both and the policies below agree.
CREATE FUNCTION sees_contact(wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$
  SELECT EXISTS (
    SELECT 1 FROM contact AS c, person AS p
    WHERE c.id = wanted AND p.login = session_user
      AND (p.everything OR c.owner = ANY (p.team) OR coalesce(c.property, p.property) = p.property
           OR EXISTS (SELECT 1 FROM action AS held
                      WHERE held.contact = c.id AND held.status = 'scheduled' AND held.owner = ANY (p.team))))
$$;

-- Whether this transaction has written a history entry of a subject: then it may also write the subject's rows, even if
-- it gives the contact to another owner.
CREATE FUNCTION has_told(wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$
  SELECT coalesce((SELECT h.xmin::text = (pg_current_xact_id_if_assigned()::text::numeric % 4294967296)::text
                   FROM history AS h WHERE h.subject = wanted ORDER BY h.seq DESC LIMIT 1), false)
$$;

CREATE FUNCTION is_writing() RETURNS BOOLEAN LANGUAGE sql STABLE
AS $$ SELECT pg_current_xact_id_if_assigned() IS NOT NULL $$;

CREATE FUNCTION is_new_contact(wanted TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$ SELECT NOT EXISTS (SELECT 1 FROM contact WHERE id = wanted) $$;

CREATE FUNCTION is_mine(wanted BIGINT) RETURNS BOOLEAN LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$ SELECT EXISTS (SELECT 1 FROM change WHERE id = wanted AND by = me()) $$;

-- The subjects of a user's own change, including those they can no longer see: an undo must not skip them.
CREATE FUNCTION told_by_me(wanted BIGINT) RETURNS SETOF TEXT LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = {schema}, pg_temp
AS $$ SELECT DISTINCT subject FROM history WHERE change = wanted AND is_mine(wanted) $$;

ALTER TABLE contact ENABLE ROW LEVEL SECURITY;
ALTER TABLE contact FORCE ROW LEVEL SECURITY;
ALTER TABLE enrolment ENABLE ROW LEVEL SECURITY;
ALTER TABLE enrolment FORCE ROW LEVEL SECURITY;
ALTER TABLE action ENABLE ROW LEVEL SECURITY;
ALTER TABLE action FORCE ROW LEVEL SECURITY;
ALTER TABLE history ENABLE ROW LEVEL SECURITY;
ALTER TABLE history FORCE ROW LEVEL SECURITY;
ALTER TABLE change ENABLE ROW LEVEL SECURITY;
ALTER TABLE change FORCE ROW LEVEL SECURITY;

CREATE POLICY worker ON contact TO {worker} USING (true) WITH CHECK (true);
CREATE POLICY worker ON enrolment TO {worker} USING (true) WITH CHECK (true);
CREATE POLICY worker ON action TO {worker} USING (true) WITH CHECK (true);
CREATE POLICY worker ON history TO {worker} USING (true) WITH CHECK (true);
CREATE POLICY worker ON change TO {worker} USING (true) WITH CHECK (true);

-- each function without arguments is in its own SELECT, so that it runs once per query
-- tests/store/test_who_sees_what.py checks what each policy lets a rep read, too
CREATE POLICY rep_reads ON contact FOR SELECT TO {rep} USING (
  (SELECT sees_everything()) OR owner = ANY ((SELECT my_team())::TEXT[])
  OR coalesce(property, (SELECT my_property())) = (SELECT my_property())
  OR EXISTS (SELECT 1 FROM action AS held
             WHERE held.contact = contact.id AND held.status = 'scheduled' AND held.owner = ANY ((SELECT my_team())::TEXT[]))
  OR ((SELECT is_writing()) AND has_told('contact:' || id)));
CREATE POLICY rep_adds ON contact FOR INSERT TO {rep} WITH CHECK (has_told('contact:' || id));
CREATE POLICY rep_changes ON contact FOR UPDATE TO {rep}
  USING (sees_contact(id) OR has_told('contact:' || id)) WITH CHECK (has_told('contact:' || id));

CREATE POLICY rep_reads ON enrolment FOR SELECT TO {rep} USING (
  (SELECT sees_everything()) OR EXISTS (SELECT 1 FROM contact AS c WHERE c.id = enrolment.contact));
CREATE POLICY rep_adds ON enrolment FOR INSERT TO {rep} WITH CHECK (has_told('contact:' || contact));
CREATE POLICY rep_changes ON enrolment FOR UPDATE TO {rep} USING (has_told('contact:' || contact));

CREATE POLICY rep_reads ON action FOR SELECT TO {rep} USING (
  (SELECT sees_everything()) OR owner = ANY ((SELECT my_team())::TEXT[]) OR sees_contact(contact)
  OR ((SELECT is_writing()) AND has_told('contact:' || contact)));
CREATE POLICY rep_adds ON action FOR INSERT TO {rep}
  WITH CHECK (has_told(coalesce('contact:' || contact, 'user:' || owner)));
CREATE POLICY rep_changes ON action FOR UPDATE TO {rep}
  USING (has_told(coalesce('contact:' || contact, 'user:' || owner)));

-- reps read and add history as themselves, for subjects they can see, and never change it
CREATE POLICY rep_reads ON history FOR SELECT TO {rep} USING (
  (SELECT sees_everything()) OR subject = 'office' OR sees_contact(substr(subject, 9)) AND subject LIKE 'contact:%'
  OR subject LIKE 'user:%' AND substr(subject, 6) = ANY ((SELECT my_team())::TEXT[]));
CREATE POLICY rep_adds ON history FOR INSERT TO {rep} WITH CHECK (
  is_mine(change)
  AND ((SELECT sees_everything()) AND subject <> 'office'
       OR subject LIKE 'contact:%' AND (sees_contact(substr(subject, 9)) OR is_new_contact(substr(subject, 9)))
       OR subject LIKE 'user:%' AND substr(subject, 6) = ANY ((SELECT my_team())::TEXT[])
       OR has_told(subject)));

-- everyone can see who did something and when; the command as typed is private
CREATE POLICY rep_reads ON change FOR SELECT TO {rep} USING (true);
CREATE POLICY rep_adds ON change FOR INSERT TO {rep} WITH CHECK (by = (SELECT me()));
CREATE POLICY rep_changes ON change FOR UPDATE TO {rep} USING (by = (SELECT me())) WITH CHECK (by = (SELECT me()));

GRANT USAGE ON SCHEMA {schema} TO {rep}, {worker};
GRANT SELECT ON contact, enrolment, action, history, change, catalog_version, catalog_item, instance, migration TO {rep};
GRANT INSERT, UPDATE ON contact, enrolment, action TO {rep};
GRANT INSERT ON history, change TO {rep};
GRANT UPDATE (unfinished) ON change TO {rep};
GRANT USAGE, SELECT ON SEQUENCE change_number, action_number TO {rep};
GRANT SELECT, INSERT, UPDATE, DELETE ON contact, enrolment, action, history, change, catalog_version, catalog_item, person,
  instance, migration TO {worker};
GRANT USAGE, SELECT, UPDATE ON SEQUENCE change_number, action_number TO {worker};
