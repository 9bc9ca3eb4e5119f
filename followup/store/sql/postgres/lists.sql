-- name: folded
fold(c.name)

-- name: limit
-- -1: all.
LIMIT CASE WHEN :limit >= 0 THEN :limit END

-- name: touched
-- The subjects that a change touched, seen or not if it is one's own.
SELECT subject COLLATE "C" FROM (SELECT subject FROM history WHERE change = :change
                                 UNION SELECT told_by_me(:change)) AS touched ORDER BY 1;

-- name: typed_so
c.id IN (SELECT unfinished_changes(:typed))

-- name: taken
-- Which of :keys, a JSON list, are somebody's, or were, seen or not.
SELECT lower(id) FROM spelled(:keys) AS id;
