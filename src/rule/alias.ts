/** Aliases of a YAML document that lead nowhere. */
import { type Document, type Node, visit } from "yaml";

/** Aliases of nothing, and aliases of what they stand in, which would have no end: where each stands, and its fault. */
export function badAliases(document: Document): [number, string][] {
  const bad: [number, string][] = [];
  // An alias means the last anchor of its name before it; asking the document for it would search the whole each time.
  const anchors = new Map<string, Node>();
  visit(document, {
    Value(_, node) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias(_, node, path) {
      const target = anchors.get(node.source);
      const fault =
        target === undefined ? "no anchor" : path.includes(target) ? "it stands inside its own anchor" : null;
      if (fault !== null) bad.push([node.range?.[0] ?? 0, `the alias *${node.source} leads nowhere: ${fault}`]);
    },
  });
  return bad;
}
