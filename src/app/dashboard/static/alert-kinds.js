// The kinds of changes one can be told of.

export const KINDS = {
  price_drop: "Price falls",
  price_increase: "Price rises",
  new_product: "New product",
  out_of_stock: "Out of stock or removed",
  back_in_stock: "Back in stock",
};

export const hasThreshold = (kind) => kind === "price_drop" || kind === "price_increase";
