-- name: folded
fold(c.name)

-- name: limit
-- -1: all.
LIMIT CASE WHEN :limit >= 0 THEN :limit END
