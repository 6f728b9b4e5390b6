using System.Globalization;

namespace MovieLms.Reports;

/// <summary>The receipt of a paid order as a PDF on A4. The same order always produces the same pages.</summary>
public static class OrderReceipt
{
    private static readonly ReportColumn[] Columns =
    [
        new("Course", ReportStyle.ContentWidth - 240, MaxLines: 3),
        new("Quantity", 60, IsNumber: true),
        new("Price", 90, IsNumber: true),
        new("Amount", 90, IsNumber: true),
    ];

    /// <summary>Writes the receipt to <paramref name="destination"/>, which stays open.</summary>
    public static void Render(ReceiptModel order, Stream destination)
    {
        var pages = new ReportPages($"Receipt {order.Number}", $"MovieLms · receipt for order {order.Number}", order.PaidAt);
        pages.Break();
        pages.DrawTitle("Receipt", "Paid", ReportStyle.Good);
        pages.DrawFacts([
            ("Order", order.Number),
            ("Customer", order.CustomerName),
            ("Ordered", FormatTime(order.OrderedAt)),
            ("Paid", FormatTime(order.PaidAt)),
            ("Currency", order.Currency),
        ]);
        ReportTable.Draw(
            pages,
            Columns,
            [
                [order.Item, ReportStyle.FormatNumber(order.Quantity), FormatMoney(order.UnitPrice), FormatMoney(order.Amount)],
            ]
        );
        pages.Y += 14;
        var total = TextLine.Create($"Total {FormatMoney(order.Amount)} {order.Currency}", 14, isBold: true);
        total.Draw(pages.Canvas, ReportStyle.PageWidth - ReportStyle.Margin - total.Width - 5, pages.Y + 14, ReportStyle.Ink);
        pages.Y += 44;
        TextLine
            .Create("Thank you. You will be enrolled in the course when the order is delivered.", 9)
            .Draw(pages.Canvas, ReportStyle.Margin, pages.Y, ReportStyle.Quiet);
        pages.Write(destination);
    }

    private static string FormatMoney(decimal amount) => amount.ToString("N2", CultureInfo.InvariantCulture);

    private static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
