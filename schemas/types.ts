// Written by `sluice types` from the schemas beside it; change those.
// biome-ignore-all format: written by a program.

import type {} from "../src/catalog/event-types.ts";

// What events are once they are decoded.

/** A customer placed an order. Nothing is paid or reserved yet. */
export interface OrderCreated {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the customer confirmed the order. */
  readonly occurred_at: Date;
  /** The order. Events of one order keep their order. */
  readonly order_id: string;
  /** The customer who placed it. */
  readonly customer_id: string;
  /** The currency of every amount in this event. */
  readonly currency: OrderCurrency;
  /** What the customer owes, in cents: the items with tax and shipping. */
  readonly total_cents: number;
  /** What the customer wrote to us, if anything. */
  readonly note: string | null;
  /** What was ordered, in the order in which it was put into the basket. */
  readonly items: readonly OrderItem[];
}

/** ISO 4217 code of a currency that orders are taken in. */
export type OrderCurrency = "EUR" | "USD" | "GBP" | "CHF" | "SEK" | "PLN";

/** One line of an order. */
export interface OrderItem {
  /** The article. */
  readonly sku: string;
  /** How many of it. */
  readonly quantity: number;
  /** The price of one, in cents. */
  readonly price_cents: number;
}

/** A parcel of an order was handed to the carrier. An order may need more than one. */
export interface OrderShipped {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the carrier took the parcel. */
  readonly occurred_at: Date;
  /** The order that the parcel belongs to. */
  readonly order_id: string;
  /** The parcel. */
  readonly shipment_id: string;
  /** Who carries it, by the carrier's short name: dhl, ups, postnord. */
  readonly carrier: string;
  /** The carrier's number for the parcel, where it gives one. */
  readonly tracking_number: string | null;
  /** What the carrier charges us. */
  readonly shipping_cost: Money;
  /** The day on which it should arrive, where the carrier says so. */
  readonly expected_on: string | null;
  /** The articles in the parcel. */
  readonly skus: readonly string[];
}

/** An amount in the smallest unit of its currency, so that nothing is ever rounded. */
export interface Money {
  /** The amount in cents; negative for money that goes back. */
  readonly amount_cents: number;
  /** The currency that the amount is in. */
  readonly currency: Currency;
}

/** ISO 4217 code of a currency with two decimal places. */
export type Currency = "EUR" | "USD" | "GBP" | "CHF" | "SEK" | "PLN";

/** The payment provider moved the money of an order to us. */
export interface PaymentCaptured {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the provider captured the payment. */
  readonly occurred_at: Date;
  /** The payment, as our ledger knows it. */
  readonly payment_id: string;
  /** The order that it pays for. */
  readonly order_id: string;
  /** What was captured; less than the order's total where it is paid in parts. */
  readonly amount: Money;
  /** How it was paid. */
  readonly method: PaymentMethod;
  /** The provider's own number for this capture, for questions to them. */
  readonly provider_reference: string | null;
}

/** How a customer pays. A method that a reader does not know is OTHER to it. */
export type PaymentMethod = "OTHER" | "CARD" | "BANK_TRANSFER" | "DIRECT_DEBIT" | "WALLET" | "INVOICE";

// What may be sent: JSON, and what was decoded.

/** A customer placed an order. Nothing is paid or reserved yet. */
export interface OrderCreatedInput {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the customer confirmed the order. */
  readonly occurred_at: Date | string | number;
  /** The order. Events of one order keep their order. */
  readonly order_id: string;
  /** The customer who placed it. */
  readonly customer_id: string;
  /** The currency of every amount in this event. */
  readonly currency: OrderCurrency;
  /** What the customer owes, in cents: the items with tax and shipping. */
  readonly total_cents: number;
  /**
   * What the customer wrote to us, if anything.
   * @default null
   */
  readonly note?: string | null | undefined;
  /** What was ordered, in the order in which it was put into the basket. */
  readonly items: readonly OrderItemInput[];
}

export type OrderItemInput = OrderItem;

/** A parcel of an order was handed to the carrier. An order may need more than one. */
export interface OrderShippedInput {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the carrier took the parcel. */
  readonly occurred_at: Date | string | number;
  /** The order that the parcel belongs to. */
  readonly order_id: string;
  /** The parcel. */
  readonly shipment_id: string;
  /** Who carries it, by the carrier's short name: dhl, ups, postnord. */
  readonly carrier: string;
  /**
   * The carrier's number for the parcel, where it gives one.
   * @default null
   */
  readonly tracking_number?: string | null | undefined;
  /** What the carrier charges us. */
  readonly shipping_cost: MoneyInput;
  /**
   * The day on which it should arrive, where the carrier says so.
   * @default null
   */
  readonly expected_on?: string | number | null | undefined;
  /** The articles in the parcel. */
  readonly skus: readonly string[];
}

export type MoneyInput = Money;

/** The payment provider moved the money of an order to us. */
export interface PaymentCapturedInput {
  /** Identifies this event. Sent again with the same value, it counts once. */
  readonly event_id: string;
  /** When the provider captured the payment. */
  readonly occurred_at: Date | string | number;
  /** The payment, as our ledger knows it. */
  readonly payment_id: string;
  /** The order that it pays for. */
  readonly order_id: string;
  /** What was captured; less than the order's total where it is paid in parts. */
  readonly amount: MoneyInput;
  /** How it was paid. */
  readonly method: PaymentMethod;
  /**
   * The provider's own number for this capture, for questions to them.
   * @default null
   */
  readonly provider_reference?: string | null | undefined;
}

declare module "../src/catalog/event-types.ts" {
  interface Topics {
    /** A customer placed an order. */
    "orders.order.created.v1": OrderCreated;
    /** A parcel of an order was handed to the carrier. */
    "orders.order.shipped.v1": OrderShipped;
    /** The payment provider moved the money of an order to us. */
    "orders.payment.captured.v1": PaymentCaptured;
  }

  interface TopicInputs {
    /** A customer placed an order. */
    "orders.order.created.v1": OrderCreatedInput;
    /** A parcel of an order was handed to the carrier. */
    "orders.order.shipped.v1": OrderShippedInput;
    /** The payment provider moved the money of an order to us. */
    "orders.payment.captured.v1": PaymentCapturedInput;
  }
}
