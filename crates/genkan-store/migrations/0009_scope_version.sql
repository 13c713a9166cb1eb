-- min_binary 0.1.0
-- A number that rises whenever what can be found in a scope is another, so that answers that were kept
-- know whether they still hold. A change of synonyms raises that of `global:default`, which is in every
-- line.

ALTER TABLE knowledge_scope ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
