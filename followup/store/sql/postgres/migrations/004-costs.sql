-- What these cost, said as it is: the planner has them asked of the few rows that a key finds, and not of everybody.
ALTER FUNCTION sees_contact(TEXT) COST 10000;
ALTER FUNCTION has_told(TEXT) COST 5000;
ALTER FUNCTION is_new_contact(TEXT) COST 5000;
ALTER FUNCTION is_mine(BIGINT) COST 5000;
