using System.Globalization;
using MongoDB.Bson;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;

namespace MovieLms.Data.Orders;

/// <summary>Draws a paid order's receipt as a PDF.</summary>
public delegate void ReceiptRenderer(OrderDocument order, Stream destination);

/// <summary>Tells a customer of a change: a stored notification, and word to their open connections.</summary>
/// <param name="order">As it stands.</param>
/// <param name="change">What they are told.</param>
/// <param name="title">One line.</param>
/// <param name="text">Plain text.</param>
/// <param name="key">Makes a repeat harmless.</param>
/// <param name="cancellationToken">Stops.</param>
public delegate Task OrderTeller(OrderDocument order, OrderChange change, string title, string text, string key, CancellationToken cancellationToken);

/// <summary>
/// What follows from an order's status: the receipt by mail, the enrolment, the news. All of it is derived from the stored
/// order and can be repeated, so that a crash after the status was written loses nothing and doubles nothing.
/// </summary>
public sealed class OrderEffects(OrderStore orders, UserStore users, OutboxStore outbox, NotificationStore notifications)
{
    /// <summary>Carries out what is due on an order.</summary>
    public async Task ApplyAsync(OrderDocument order, ReceiptRenderer receipt, OrderTeller tell, CancellationToken cancellationToken)
    {
        if (order.Delivery is { } delivery)
        {
            // Whoever began the delivery died. When the course has no place the order stays paid, and who began it, who got no answer, is told.
            var (status, delivered) = await orders.DeliverAsync(order, cancellationToken);
            if (delivered is null) await TellUndeliveredAsync(order, delivery, status, cancellationToken);
            order = delivered ?? await orders.FindAsync(order.Id, null, cancellationToken) ?? order;
        }
        var customer = order.PaidAt is null ? null : await users.FindAsync(order.CustomerId, cancellationToken);
        if (customer is { ArchivedAt: null }) await outbox.AddAsync(Mail(order, customer.Email, receipt), cancellationToken);
        foreach (var change in order.History.Where(change => change.Status != OrderStatus.Pending))
            await tell(order, change, Title(order, change), Text(change), $"order:{order.Id}:{change.Status}", cancellationToken);
        await orders.EffectsDoneAsync(order, cancellationToken);
    }

    /// <summary>Repeats what is due since before a moment: what a crash or a failure left.</summary>
    /// <param name="before">Younger ones belong to a request that still runs.</param>
    /// <param name="receipt">Draws receipts.</param>
    /// <param name="tell">Tells customers.</param>
    /// <param name="failed">Hears of each order that could not be finished; it is tried again at the next run.</param>
    /// <param name="cancellationToken">Stops between two orders.</param>
    /// <returns>How many orders were due.</returns>
    public async Task<int> SweepAsync(
        DateTimeOffset before, ReceiptRenderer receipt, OrderTeller tell, Action<ObjectId, Exception> failed, CancellationToken cancellationToken)
    {
        var due = await orders.DueAsync(before, cancellationToken);
        foreach (var order in due)
        {
            try
            {
                await ApplyAsync(order, receipt, tell, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One order that cannot be finished must not keep the others waiting.
                failed(order.Id, e);
                await orders.PostponeAsync(order.Id, cancellationToken);
            }
        }
        return due.Count;
    }

    private Task TellUndeliveredAsync(OrderDocument order, OrderDelivery delivery, OrderChangeStatus status, CancellationToken cancellationToken) =>
        notifications.AddAllAsync(
            [delivery.By], "order", $"Order {order.Number} could not be delivered",
            status == OrderChangeStatus.CourseFull ? "The course has no place left. The order stays paid." : "The course is archived or deleted. The order stays paid.",
            $"/api/orders/{order.Id}", $"order:{order.Id}:undelivered:{delivery.At.ToUnixTimeMilliseconds()}", cancellationToken);

    private static OutgoingMail Mail(OrderDocument order, string address, ReceiptRenderer receipt)
    {
        using var pdf = new MemoryStream();
        receipt(order, pdf);
        var paid = string.Create(CultureInfo.InvariantCulture, $"We have received {order.Amount:N2} {order.Currency} for {order.Item}.");
        return new MailTemplate($"Receipt for order {order.Number}", [paid, "The receipt is attached."]).To(address) with
        {
            Key = $"receipt:{order.Id}", Attachments = [new MailAttachment($"receipt-{order.Number}.pdf", "application/pdf", pdf.ToArray())],
        };
    }

    private static string Title(OrderDocument order, OrderChange change) => change.Status switch
    {
        OrderStatus.Paid => $"Order {order.Number} is paid",
        OrderStatus.Delivered => $"You are enrolled in {order.Item}",
        _ => $"Order {order.Number} is cancelled",
    };

    private static string Text(OrderChange change) => change.Status switch
    {
        OrderStatus.Paid => "The receipt is in your mail.",
        OrderStatus.Delivered => "The course is among your courses now.",
        _ => "Nothing more will happen to it.",
    };
}
