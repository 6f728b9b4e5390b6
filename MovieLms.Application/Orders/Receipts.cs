using Microsoft.Extensions.Options;
using MovieLms.Data.Orders;
using MovieLms.Reports;

namespace MovieLms.Application.Orders;

/// <summary>Renders the receipts of orders with the configured seller.</summary>
public sealed class Receipts(IOptions<SellerOptions> options)
{
    /// <summary>Writes the receipt of an order as a PDF.</summary>
    /// <param name="order">A paid order.</param>
    /// <param name="destination">Receives the PDF and is left open.</param>
    /// <exception cref="ArgumentException">The order was never paid.</exception>
    public void Render(OrderDocument order, Stream destination) =>
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
                Seller = GetSeller(options.Value),
            },
            destination
        );

    private static ReceiptSeller? GetSeller(SellerOptions seller) =>
        string.IsNullOrWhiteSpace(seller.Name)
            ? null
            : new ReceiptSeller(seller.Name, [.. seller.Address], seller.TaxId)
            {
                Tax = seller.TaxRate is { } rate ? new ReceiptTax(seller.TaxName, rate) : null,
            };
}
