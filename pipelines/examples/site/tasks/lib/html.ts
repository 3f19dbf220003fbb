/** HTML that both tasks write. */

export function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

export function htmlPage(title: string, style: string, body: string): string {
  return `<!doctype html>
<meta charset="utf-8">
<title>${escapeHtml(title)}</title>
<style>
${style.trim()}
</style>
${body}
`;
}
