/** Aliases of a YAML document that lead nowhere. */
import { type Document, visit } from "yaml";

/** Aliases of nothing, and aliases of what they stand in, which would have no end: where each stands, and its fault. */
export function badAliases(document: Document): [number, string][] {
  const bad: [number, string][] = [];
  visit(document, {
    Alias(_, node, path) {
      const target = node.resolve(document);
      const fault =
        target === undefined ? "no anchor" : path.includes(target) ? "it stands inside its own anchor" : null;
      if (fault !== null) bad.push([node.range?.[0] ?? 0, `the alias *${node.source} leads nowhere: ${fault}`]);
    },
  });
  return bad;
}
