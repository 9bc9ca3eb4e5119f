-- What was closed under an alias stays reported under it, whatever its contact chooses later (F10).
ALTER TABLE action ADD COLUMN alias TEXT COLLATE "C";

-- What is closed already: the alias that was given up first after that, else the one that its enrolment still has.
UPDATE action SET alias = nullif(coalesce(
  (SELECT coalesce(json_extract(h.data, '$.before'), '') FROM history AS h
   WHERE h.subject = 'contact:' || action.contact AND h.kind = 'alias-chosen'
     AND json_extract(h.data, '$.enrolment') = action.enrolment::text
     AND h.seq > (SELECT max(x.seq) FROM history AS x
                  WHERE x.subject = h.subject AND x.action = action.id
                    AND x.kind IN ('completed', 'skipped', 'not-shown', 'failed', 'cancelled'))
   ORDER BY h.seq LIMIT 1),
  (SELECT e.alias FROM enrolment AS e WHERE e.id = action.enrolment)), '')
WHERE status <> 'scheduled' AND enrolment IS NOT NULL AND NOT (coalesce(reason, '') = 'undone' AND completed_by IS NULL);
