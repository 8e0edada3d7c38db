/** What is said of an address of this machine at which nothing listens, with the commands that would change that. */
export function nobodyThere(host: string, port: number | string, command: string): string {
  const isHere = /^(localhost|127\.[\d.]+|\[?::1\]?)$/i.test(host);
  const hint = isHere ? `; \`sluice dev\` or \`sluice ${command}\` starts one` : "";
  return `nothing listens at ${host}:${port} (ECONNREFUSED)${hint}`;
}
