-- ids are one regardless of case: who is added, and what is typed, is looked up by this. It isn't unique, since an
-- office that is older may have two that differ in case only: `doctor` names them
CREATE INDEX contact_key ON contact (lower(id));
