-- min_binary 0.1.0
-- A likely conflict that somebody looked at and found to be none: when (0 for not yet), and who said so.

ALTER TABLE knowledge_likely_conflict ADD COLUMN dismissed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE knowledge_likely_conflict ADD COLUMN dismissed_by {text} NOT NULL DEFAULT '';
