using System.Globalization;
using SkiaSharp;

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
        if (order.Seller is { } seller)
            DrawSeller(pages, seller);
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
        DrawRight(pages, TextLine.Create($"Total {FormatMoney(order.Amount)} {order.Currency}", 14, isBold: true), ReportStyle.Ink);
        if (order.Seller?.Tax is { } tax)
            DrawTax(pages, tax, order);
        pages.Y += 24;
        TextLine
            .Create("Thank you. You are enrolled in the course when the order is delivered.", 9)
            .Draw(pages.Canvas, ReportStyle.Margin, pages.Y, ReportStyle.Quiet);
        pages.Write(destination);
    }

    private static void DrawSeller(ReportPages pages, ReceiptSeller seller)
    {
        foreach (var line in TextLine.Wrap(seller.Name, 11, ReportStyle.ContentWidth, 2, isBold: true))
            DrawLine(pages, line, ReportStyle.Ink);
        foreach (var line in seller.Address)
            DrawLine(pages, TextLine.Fit(line, 10, ReportStyle.ContentWidth), ReportStyle.Ink);
        if (seller.TaxId is { } taxId)
            DrawLine(pages, TextLine.Fit(taxId, 10, ReportStyle.ContentWidth), ReportStyle.Quiet);
        pages.Y += 14;
    }

    private static void DrawTax(ReportPages pages, ReceiptTax tax, ReceiptModel order)
    {
        var share = tax.GetShare(order.Amount);
        var rate = tax.Rate.ToString("0.##", CultureInfo.InvariantCulture);
        DrawRight(pages, TextLine.Create($"Net {FormatMoney(order.Amount - share)} {order.Currency}", 10), ReportStyle.Quiet);
        DrawRight(pages, TextLine.Create($"Includes {rate} % {tax.Name}: {FormatMoney(share)} {order.Currency}", 10), ReportStyle.Quiet);
    }

    private static void DrawLine(ReportPages pages, TextLine line, SKColor color)
    {
        line.Draw(pages.Canvas, ReportStyle.Margin, pages.Y + 10, color);
        pages.Y += 15;
    }

    private static void DrawRight(ReportPages pages, TextLine line, SKColor color)
    {
        line.Draw(pages.Canvas, ReportStyle.PageWidth - ReportStyle.Margin - line.Width - 5, pages.Y + 14, color);
        pages.Y += 18;
    }

    private static string FormatMoney(decimal amount) => amount.ToString("N2", CultureInfo.InvariantCulture);

    private static string FormatTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
