// Tokens taken apart.
import { useLab } from "../lab";
import { Copy, span } from "../parts";
import type { Token } from "../types";

export function Tokens({ tokens }: { tokens: Token[] }) {
  return <>{tokens.map((token) => <One key={token.where} token={token} />)}</>;
}

export function One({ token }: { token: Token }) {
  const { now } = useLab().head;
  if (token.problem) return <p class="problem">{token.problem}</p>;
  const [header, payload, signature] = token.text.split(".");
  const left = token.expires ? token.expires - now : null;
  return (
    <article class="token">
      <h5>{token.where}</h5>
      <p class="raw" tabIndex={0} role="group" aria-label="The token"><span class="one">{header}</span>.<span class="two">{payload}</span>.<span class="three">{signature}</span></p>
      <p class="verdicts">
        <span class={token.valid ? "good" : "bad"}>{token.valid ? "✓" : "✗"} signature: {token.why}</span>
        <span class={left === null || left > 0 ? "good" : "bad"}>{left === null ? "∞ never expires" : left > 0 ? `◷ good for ${span(left)}` : `✗ expired ${span(-left)} ago`}</span>
        <span class={token.refused ? "bad" : "good"}>{token.refused ? `✗ ${token.refused}` : "✓ the API server accepts it"}</span>
        <Copy text={token.text} label="Copy token" />
      </p>
      <Rows title="Header" rows={token.head} />
      <Rows title="Claims" rows={token.rows} />
    </article>
  );
}

function Rows({ title, rows }: { title: string; rows: [string, string, string][] }) {
  return (
    <div class="claims">
      <p class="title">{title}</p>
      <dl>
      {rows.map(([name, value, meaning]) => (
        <div key={name}>
          <dt><code>{name}</code></dt>
          <dd><code>{value}</code>{meaning && <p class="hint">{meaning}</p>}</dd>
        </div>
      ))}
      </dl>
    </div>
  );
}
