// Apps bring schemes of their own (capacitor://localhost), which the URL standard knows no origin of.
const OF_AN_APP = /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._~-]+(:\d{1,5})?$/;

/**
 * The setting `CORS_ORIGINS`, each origin as browsers send it: lower-case, without the usual port; `['*']` for all. Undefined
 * for text that is none. `null` is no origin to let in: any page can have itself sent as that.
 */
export function corsOriginsOf(text: string): readonly string[] | undefined {
  const origins = text.split(',').map((item) => originOf(item.trim()));
  if (origins.length > 1 && origins.includes('*')) return undefined;
  return origins.some((origin) => origin === undefined) ? undefined : (origins as string[]);
}

function originOf(text: string): string | undefined {
  if (text === '*') return text;
  const url = URL.parse(text);
  if (!url || !/^[^?#@*]+$/.test(text)) return undefined;
  if (/^https?:$/.test(url.protocol)) return url.pathname === '/' ? url.origin : undefined;
  const lower = text.toLowerCase();
  return OF_AN_APP.test(lower) ? lower : undefined;
}
