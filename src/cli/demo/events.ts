/** An event to post, what is wrong with it if anything, and where it goes. */
export interface DemoEvent {
  readonly topic: string;
  readonly body: string;
  /** Undefined for an event that is as its schema says. */
  readonly wrong?: string;
}

export interface DemoOptions {
  readonly orders: number;
  /** The same seed and time give the same events. */
  readonly seed: number;
  /** Milliseconds since 1970; the orders were placed in the hours before. */
  readonly now: number;
}

const ORDERS = "orders.order.created.v1";
const PAYMENTS = "orders.payment.captured.v1";
const PARCELS = "orders.order.shipped.v1";

/** One order in this many is wrong. */
const WRONG_EVERY = 25;

const CURRENCIES = ["EUR", "USD", "GBP", "CHF", "SEK", "PLN"];
const NOTES = [
  "leave it with the neighbour",
  "second floor, bell is broken",
  "Grüße an das Team ✨",
  "a gift: no prices please",
];
const METHODS = ["CARD", "WALLET", "INVOICE", "BANK_TRANSFER"];
const CARRIERS = ["dhl", "ups", "postnord"];

/** Orders as a shop sees them in a day, some of them wrong, with payments and parcels for those that are right. */
export function* demoEvents({ orders, seed, now }: DemoOptions): Generator<DemoEvent> {
  const random = randomOf(seed);
  for (let number = 1; number <= orders; number++) {
    const order = orderOf(random, number, now - (orders - number) * 5_000);
    if (number % WRONG_EVERY === 0) {
      const mistake = MISTAKES[(number / WRONG_EVERY - 1) % MISTAKES.length];
      if (mistake) yield { topic: ORDERS, ...mistake.make(order), wrong: mistake.what };
      continue;
    }
    yield { topic: ORDERS, body: JSON.stringify(order) };
    if (random.chance(0.6)) yield { topic: PAYMENTS, body: JSON.stringify(paymentOf(random, order)) };
    if (random.chance(0.2)) yield { topic: PARCELS, body: JSON.stringify(parcelOf(random, order)) };
  }
}

interface Mistake {
  readonly what: string;
  readonly make: (order: Order) => { body: string; topic?: string };
}

/** What goes wrong between a shop and a pipeline, each in its turn. */
const MISTAKES: readonly Mistake[] = [
  {
    what: "a misspelt field",
    make: ({ note, ...order }) => ({ body: JSON.stringify({ ...order, notte: note ?? "ring twice" }) }),
  },
  { what: "a text for a number", make: (order) => ({ body: JSON.stringify({ ...order, total_cents: "many" }) }) },
  { what: "no customer", make: ({ customer_id: _, ...order }) => ({ body: JSON.stringify(order) }) },
  {
    what: "a currency that we do not take",
    make: (order) => ({ body: JSON.stringify({ ...order, currency: "BTC" }) }),
  },
  {
    what: "half a cent",
    make: (order) => ({ body: JSON.stringify({ ...order, total_cents: order.total_cents + 0.5 }) }),
  },
  { what: "an id that is no UUID", make: (order) => ({ body: JSON.stringify({ ...order, event_id: "order-1" }) }) },
  { what: "JSON that breaks off", make: (order) => ({ body: JSON.stringify(order).slice(0, -20) }) },
  { what: "a misspelt topic", make: (order) => ({ body: JSON.stringify(order), topic: "orders.order.creatd.v1" }) },
];

interface Order {
  event_id: string;
  occurred_at: string;
  order_id: string;
  customer_id: string;
  currency: string;
  total_cents: number;
  note?: string;
  items: { sku: string; quantity: number; price_cents: number }[];
}

function orderOf(random: Random, number: number, placedAt: number): Order {
  const items = Array.from({ length: 1 + random.below(5) }, () => ({
    sku: `SKU-${1_000 + random.below(500)}`,
    quantity: 1 + random.below(4),
    price_cents: 99 + random.below(20_000),
  }));
  return {
    event_id: random.uuid(),
    occurred_at: new Date(placedAt).toISOString(),
    order_id: `ord-${random.word()}-${number}`,
    customer_id: `cus-${random.below(2_000)}`,
    currency: random.among(CURRENCIES),
    total_cents: items.reduce((sum, { quantity, price_cents }) => sum + quantity * price_cents, 0),
    ...(random.chance(0.3) && { note: random.among(NOTES) }),
    items,
  };
}

const paymentOf = (random: Random, { order_id, occurred_at, total_cents, currency }: Order) => ({
  event_id: random.uuid(),
  occurred_at,
  payment_id: `pay-${order_id}`,
  order_id,
  amount: { amount_cents: total_cents, currency },
  method: random.among(METHODS),
});

const parcelOf = (random: Random, { order_id, occurred_at, items, currency }: Order) => ({
  event_id: random.uuid(),
  occurred_at,
  order_id,
  shipment_id: `shp-${order_id}`,
  carrier: random.among(CARRIERS),
  shipping_cost: { amount_cents: 390 + random.below(900), currency },
  skus: items.map(({ sku }) => sku),
});

interface Random {
  /** A whole number from 0 up to, and without, the limit. */
  below(limit: number): number;
  chance(probability: number): boolean;
  among<T>(values: readonly T[]): T;
  word(): string;
  uuid(): string;
}

/** Mulberry32: a few operations, and as even as a demonstration needs. */
function randomOf(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("");
  return {
    below,
    chance: (probability) => next() < probability,
    // An index below the length of a list that is not empty is one of its own.
    among: <T>(values: readonly T[]) => values[below(values.length)] as T,
    word: () => hex(6),
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${"89ab"[below(4)]}${hex(3)}-${hex(12)}`,
  };
}
