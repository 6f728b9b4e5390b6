using System.Globalization;
using MovieLms.Testing;
using MovieLms.Testing.Processes;
using MovieLms.Testing.Tools;
using UglyToad.PdfPig;

namespace MovieLms.Reports.Tests;

public sealed class OrderReceiptTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_receipt_shows_the_details_of_the_order()
    {
        var text = Text(Order("Lighting for film: three lamps and a window", 3, 1_219.5m));
        foreach (
            var expected in new[]
            {
                "Receipt",
                "Paid",
                "MO-20261122-7K3QXA",
                "Ada Lovelace",
                "three lamps",
                "1,219.50",
                "3,658.50",
                "EUR",
                "22 Nov 2026 12:05",
                "Page 1 of 1",
            }
        )
        {
            Assert.Contains(expected.Replace(" ", "", StringComparison.Ordinal), text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("كتابة السيناريو")]
    [InlineData("पटकथा लिखना")]
    public void A_course_title_in_any_script_can_be_extracted(string title) =>
        Assert.Contains(
            title.Replace(" ", "", StringComparison.Ordinal),
            ActualText.Read(Render(Order(title, 1, 5))).Replace(" ", "", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

    /// <summary>
    /// Poppler assembles text from the positions of letters and the text stored in the file, like a viewer that copies or searches.
    /// </summary>
    [Theory]
    [InlineData("كتابة السيناريو")]
    [InlineData("पटकथा लिखना")]
    [InlineData("תסריט לסרט")]
    [InlineData("Café Ωmega Журавли")]
    public async Task Poppler_extracts_a_course_title_in_any_script(string title)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "receipt.pdf");
        await File.WriteAllBytesAsync(file, Render(Order(title, 1, 5)));
        await using var reader = DotnetProcess.StartProgram(
            ExternalTool.Require("pdftotext"),
            "-enc",
            "UTF-8",
            file,
            Path.ChangeExtension(file, "txt")
        );
        Assert.Equal(0, await reader.WaitForExitAsync());
        // Remove direction marks, which are not part of the words.
        var text = string.Concat(
            (await File.ReadAllTextAsync(Path.ChangeExtension(file, "txt"))).Where(letter =>
                char.GetUnicodeCategory(letter) != UnicodeCategory.Format
            )
        );
        foreach (var word in title.Split(' '))
            Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_receipt_shows_the_seller_and_the_tax_that_the_price_includes()
    {
        var seller = new ReceiptSeller("Lumière Film School", ["1 Rue du Premier-Film", "69008 Lyon"], "VAT ID FR12345678901");
        var text = Text(Order("Lighting", 1, 120) with { Seller = seller with { Tax = new ReceiptTax("VAT", 20) } });
        string[] expected =
        [
            "Lumière Film School",
            "69008 Lyon",
            "VAT ID FR12345678901",
            "Total 120.00 EUR",
            "Net 100.00 EUR",
            "Includes 20 % VAT: 20.00 EUR",
        ];
        foreach (var part in expected)
            Assert.Contains(part.Replace(" ", "", StringComparison.Ordinal), text, StringComparison.Ordinal);

        Assert.DoesNotContain("Net", Text(Order("Lighting", 1, 120) with { Seller = seller }), StringComparison.Ordinal);
        Assert.DoesNotContain("VAT", Text(Order("Lighting", 1, 120)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(119, 19, 19)]
    [InlineData(0.99, 7, 0.06)]
    [InlineData(10, 0, 0)]
    [InlineData(0.03, 20, 0.01)]
    public void The_tax_is_rounded_to_cents(double amount, double rate, double expected) =>
        Assert.Equal((decimal)expected, new ReceiptTax("VAT", (decimal)rate).GetShare((decimal)amount));

    [Fact]
    public void The_same_order_produces_the_same_bytes() => Assert.Equal(Render(Order("Sound", 1, 5)), Render(Order("Sound", 1, 5)));

    private static ReceiptModel Order(string item, int quantity, decimal price) =>
        new()
        {
            Number = "MO-20261122-7K3QXA",
            CustomerName = "Ada Lovelace",
            Item = item,
            Quantity = quantity,
            UnitPrice = price,
            Amount = quantity * price,
            Currency = "EUR",
            OrderedAt = Noon,
            PaidAt = Noon.AddMinutes(5),
        };

    private static byte[] Render(ReceiptModel order)
    {
        using var pdf = new MemoryStream();
        OrderReceipt.Render(order, pdf);
        if (Environment.GetEnvironmentVariable("MOVIELMS_TEST_KEEP") is { Length: > 0 } folder)
            File.WriteAllBytes(Path.Combine(folder, $"receipt-{order.Quantity}.pdf"), pdf.ToArray());
        return pdf.ToArray();
    }

    private static string Text(ReceiptModel order)
    {
        using var pdf = PdfDocument.Open(Render(order));
        return string.Concat(pdf.GetPages().Select(page => page.Text)).Replace(" ", "", StringComparison.Ordinal);
    }
}
