-- min_binary 0.1.0
-- A number that rises with every change of who may do what: keys, principals, tools that are off. What was
-- read of these holds while it is the same. Triggers keep it, so that no statement can forget to, nor one of
-- an older version beside this one. A new key changes nothing that was read.

CREATE TABLE authority (version BIGINT NOT NULL);
INSERT INTO authority (version) VALUES (0);

-- [sqlite]
CREATE TRIGGER authority_key_changed AFTER UPDATE ON api_key BEGIN
    UPDATE authority SET version = version + 1;
END;
CREATE TRIGGER authority_key_removed AFTER DELETE ON api_key BEGIN
    UPDATE authority SET version = version + 1;
END;
CREATE TRIGGER authority_principal_changed AFTER UPDATE ON principal BEGIN
    UPDATE authority SET version = version + 1;
END;
CREATE TRIGGER authority_principal_removed AFTER DELETE ON principal BEGIN
    UPDATE authority SET version = version + 1;
END;
CREATE TRIGGER authority_tool_disabled AFTER INSERT ON disabled_tool BEGIN
    UPDATE authority SET version = version + 1;
END;
CREATE TRIGGER authority_tool_enabled AFTER DELETE ON disabled_tool BEGIN
    UPDATE authority SET version = version + 1;
END;
-- [postgres]
GRANT SELECT ON authority TO genkan_system;
-- Whoever changes one of the tables raises the number, and has no other right to it.
CREATE FUNCTION authority_raised() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE authority SET version = version + 1;
    RETURN NULL;
END
$$;
CREATE TRIGGER authority_of_keys AFTER UPDATE OR DELETE ON api_key
    FOR EACH STATEMENT EXECUTE FUNCTION authority_raised();
CREATE TRIGGER authority_of_principals AFTER UPDATE OR DELETE ON principal
    FOR EACH STATEMENT EXECUTE FUNCTION authority_raised();
CREATE TRIGGER authority_of_tools AFTER INSERT OR DELETE ON disabled_tool
    FOR EACH STATEMENT EXECUTE FUNCTION authority_raised();
