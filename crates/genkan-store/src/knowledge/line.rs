//! The scope line: a scope, all it inherits from, and how far each is.

use std::collections::BTreeMap;

use genkan_core::{Error, Result};

use super::scope::Scope;
use crate::{TenantTx, db::fetch_all};

/// Nothing is farther than this. No tenant has as many scopes, so it only ends what never would.
const FARTHEST: i64 = 10_000;

/// A scope of a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LineScope {
    /// The id.
    pub id: String,
    /// The complete name.
    pub name: String,
    /// 0 for the scope itself, more for what it inherits from; `global:default` is the farthest.
    pub distance: u32,
    /// Another whenever what can be found in it is another.
    pub version: i64,
}

impl TenantTx {
    /// The line of a scope, nearest first, then by name.
    ///
    /// It goes over the parents that people gave, then the defaults of all their namespaces, then
    /// `global:default`. A default has no parents of its own, so these come last.
    pub async fn knowledge_line(&mut self, scope: &Scope) -> Result<Vec<LineScope>> {
        let distances = self.knowledge_ancestors(&scope.id).await?;
        let mut line: Vec<LineScope> = Vec::new();
        for (scope, distance) in self.knowledge_line_scopes(&distances).await? {
            line.push(LineScope {
                name: scope.full_name(),
                id: scope.id,
                distance,
                version: scope.version,
            });
        }
        line.sort_unstable_by(|a, b| {
            a.distance
                .cmp(&b.distance)
                .then_with(|| a.name.cmp(&b.name))
        });
        Ok(line)
    }

    /// The scope and everything it reaches over the parents that people gave, with the distance.
    pub async fn knowledge_ancestors(&mut self, id: &str) -> Result<BTreeMap<String, u32>> {
        let tenant = self.tenant().clone();
        // What is reached by several ways is walked on from once for each distance; circles, which
        // are refused, would end there too.
        let sql = "WITH RECURSIVE reached (scope, distance) AS (SELECT id, CAST(0 AS BIGINT) \
                   FROM knowledge_scope WHERE tenant = $1 AND id = $2 UNION SELECT p.parent, r.distance + 1 FROM reached r JOIN knowledge_scope_parent p \
                   ON p.tenant = $1 AND p.scope = r.scope WHERE r.distance < $3) \
                   SELECT scope, min(distance) FROM reached GROUP BY scope";
        let reached: Vec<(String, i64)> = fetch_all!(self, sql, tenant.as_str(), id, FARTHEST)?;
        let distances = reached
            .into_iter()
            .map(|(scope, distance)| (scope, u32::try_from(distance).unwrap_or(u32::MAX)));
        Ok(distances.collect())
    }

    /// The scopes of these ids and the defaults that belong to them, with their distances.
    async fn knowledge_line_scopes(
        &mut self,
        distances: &BTreeMap<String, u32>,
    ) -> Result<Vec<(Scope, u32)>> {
        let tenant = self.tenant().clone();
        let ids = serde_json::to_string(&distances.keys().collect::<Vec<_>>())
            .map_err(Error::internal)?;
        let (is, belongs) = (
            self.dialect().among("s.id", 2),
            self.dialect().among("id", 2),
        );
        let sql = format!(
            "SELECT s.id, s.namespace AS namespace_id, n.name AS namespace, s.name, s.description, s.version \
             FROM knowledge_scope s JOIN knowledge_namespace n ON n.tenant = s.tenant AND n.id = s.namespace \
             WHERE s.tenant = $1 AND ({is} OR (s.name = 'default' AND (n.name = 'global' \
             OR s.namespace IN (SELECT namespace FROM knowledge_scope WHERE tenant = $1 AND {belongs}))))"
        );
        let scopes: Vec<Scope> = fetch_all!(
            self,
            sqlx::AssertSqlSafe(sql),
            tenant.as_str(),
            ids.as_str()
        )?;
        let farthest = distances.values().max().copied().unwrap_or(0);
        let with_distance = scopes.into_iter().map(|scope| {
            let implied = if scope.namespace == "global" {
                farthest + 2
            } else {
                farthest + 1
            };
            // What is reached both ways is as near as the shorter way says.
            let distance = distances.get(&scope.id).copied().unwrap_or(implied);
            (scope, distance)
        });
        Ok(with_distance.collect())
    }
}
