using Microsoft.Extensions.Options;
using MongoDB.Bson;
using MovieLms.Application.Orders;
using MovieLms.Data.Orders;

namespace MovieLms.Application.Tests.Orders;

public sealed class ReceiptTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_paid_order_has_a_receipt() => Assert.True(Render(OrderStatus.Pending, OrderStatus.Paid).Length > 1_000);

    [Fact]
    public void An_order_that_was_never_paid_has_no_receipt() => Assert.Throws<ArgumentException>(() => Render(OrderStatus.Pending));

    private static byte[] Render(params OrderStatus[] history)
    {
        var order = new OrderDocument
        {
            Id = ObjectId.GenerateNewId(),
            Number = "MO-20261122-7K3QXA",
            CustomerId = ObjectId.Empty,
            CustomerName = "Ada Lovelace",
            CourseId = ObjectId.Empty,
            Item = "Sound",
            Quantity = 1,
            UnitPrice = 5,
            Amount = 5,
            Currency = "EUR",
            Status = history[^1],
            CreatedAt = Noon,
            History = [.. history.Select(status => new OrderChange(status, Noon, ObjectId.Empty))],
        };
        using var pdf = new MemoryStream();
        new Receipts(Options.Create(new SellerOptions())).Render(order, pdf);
        return pdf.ToArray();
    }
}
