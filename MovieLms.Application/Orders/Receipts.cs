using MovieLms.Data.Orders;
using MovieLms.Reports;

namespace MovieLms.Application.Orders;

/// <summary>Renders the receipts of orders.</summary>
public static class Receipts
{
    /// <summary>Writes the receipt of an order as a PDF.</summary>
    /// <param name="order">A paid order.</param>
    /// <param name="destination">Receives the PDF and is left open.</param>
    /// <exception cref="ArgumentException">The order was never paid.</exception>
    public static void Render(OrderDocument order, Stream destination) =>
        OrderReceipt.Render(
            new ReceiptModel
            {
                Number = order.Number,
                CustomerName = order.CustomerName,
                Item = order.Item,
                Quantity = order.Quantity,
                UnitPrice = order.UnitPrice,
                Amount = order.Amount,
                Currency = order.Currency,
                OrderedAt = order.CreatedAt,
                PaidAt = order.PaidAt ?? throw new ArgumentException("An order that was never paid has no receipt.", nameof(order)),
            },
            destination
        );
}
