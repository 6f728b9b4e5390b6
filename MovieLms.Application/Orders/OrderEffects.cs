using System.Globalization;
using MongoDB.Bson;
using MovieLms.Application.Live;
using MovieLms.Application.Mail;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.Data.Orders;
using MovieLms.ServiceDefaults.Telemetry;

namespace MovieLms.Application.Orders;

/// <summary>
/// What follows from an order's status: the receipt by mail, the enrolment, the news. All of it is derived from the stored
/// order and can be repeated, so that a crash after the status was written loses nothing and doubles nothing.
/// </summary>
public sealed class OrderEffects(OrderStore orders, UserStore users, OutboxStore outbox, Notifier notifier, TimeProvider time)
{
    private const string Kind = "order";

    /// <summary>Carries out what is due on an order.</summary>
    /// <param name="order">As the caller read or changed it.</param>
    /// <param name="cancellationToken">Stops between two effects; the rest stays due.</param>
    public async Task ApplyAsync(OrderDocument order, CancellationToken cancellationToken)
    {
        using var activity = MovieLmsTelemetry.Source.StartActivity("order effects");
        activity?.SetTag("order.id", order.Id.ToString());
        if (order.Delivery is { } delivery)
            order = await EndAsync(order, delivery, cancellationToken);
        if (IsReceiptDue(order) && await users.FindAsync(order.CustomerId, cancellationToken) is { ArchivedAt: null } customer)
        {
            await outbox.AddAsync(Mail(order, customer.Email), cancellationToken);
            await orders.ReceiptSentAsync(order.Id, cancellationToken);
        }
        foreach (var (status, _, _) in order.History.Where(change => change.Status != OrderStatus.Pending))
        {
            var (title, text) = News(order, status);
            await notifier.NotifyAsync([order.CustomerId], Kind, title, text, Link(order), $"order:{order.Id}:{status}", cancellationToken);
        }
        await orders.EffectsDoneAsync(order, cancellationToken);
    }

    /// <summary>Repeats what is due since before a moment: what a crash or a failure left.</summary>
    /// <param name="before">Younger ones belong to a request that still runs.</param>
    /// <param name="failed">Hears of each order that could not be finished; it is tried again at the next run.</param>
    /// <param name="cancellationToken">Stops between two orders.</param>
    public async Task SweepAsync(DateTimeOffset before, Action<ObjectId, Exception> failed, CancellationToken cancellationToken)
    {
        foreach (var order in await orders.DueAsync(before, cancellationToken))
        {
            try
            {
                // Read again: while those before it were finished its own request may have come to its end, or been refused and the order
                // cancelled.
                if (await orders.FindAsync(order.Id, null, cancellationToken) is { EffectsDueAt: not null } standing)
                    await ApplyAsync(standing, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One order that cannot be finished must not keep the others waiting.
                failed(order.Id, e);
                await orders.PostponeAsync(order.Id, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Ends a delivery whose beginner died. When the course has no place any more the order stays paid, and both who began it, who
    /// got no answer, and the customer hear so before the delivery is taken off the order: what is not said yet is said again.
    /// </summary>
    private async Task<OrderDocument> EndAsync(OrderDocument order, OrderDelivery delivery, CancellationToken cancellationToken)
    {
        var (ended, delivered) = await orders.DeliverAsync(order, cancellationToken);
        if (delivered is not null)
            return delivered;
        if (ended is OrderChangeStatus.CourseFull or OrderChangeStatus.CourseClosed)
        {
            var why = ended == OrderChangeStatus.CourseFull ? "The course has no place left." : "The course is archived or deleted.";
            var key = $"order:{order.Id}:undelivered:{delivery.At.ToUnixTimeMilliseconds()}";
            var title = $"Order {order.Number} could not be delivered";
            await notifier.NotifyAsync(
                [delivery.By],
                Kind,
                title,
                $"{why} The order stays paid until you cancel it or deliver it again.",
                Link(order),
                key,
                cancellationToken
            );
            await notifier.NotifyAsync(
                [order.CustomerId],
                Kind,
                title,
                $"{why} Your order stays paid; an administrator knows of it.",
                Link(order),
                key,
                cancellationToken
            );
            await orders.GiveUpDeliveryAsync(order, cancellationToken);
        }
        return await orders.FindAsync(order.Id, null, cancellationToken) ?? order;
    }

    /// <summary>
    /// The order itself records the receipt, since the outbox forgets a sent mail. An order without the record was paid before there
    /// was one, or its effects were cut short: while the outbox remembers the mail, trying again is harmless; after that only if
    /// the payment is the last that happened, so that its effects are what is due.
    /// </summary>
    private bool IsReceiptDue(OrderDocument order)
    {
        if (order.ReceiptSentAt is not null || order.PaidAt is not { } paidAt)
            return false;
        return time.GetUtcNow() - paidAt < OutboxStore.KeptWhenSent || order.History[^1].Status == OrderStatus.Paid;
    }

    private static OutgoingMail Mail(OrderDocument order, string address)
    {
        using var pdf = new MemoryStream();
        Receipts.Render(order, pdf);
        var paid = string.Create(CultureInfo.InvariantCulture, $"We have received {order.Amount:N2} {order.Currency} for {order.Item}.");
        return new MailTemplate($"Receipt for order {order.Number}", [paid, "The receipt is attached."]).To(address) with
        {
            Key = $"receipt:{order.Id}",
            Attachments = [new MailAttachment($"receipt-{order.Number}.pdf", "application/pdf", pdf.ToArray())],
        };
    }

    private static (string Title, string Text) News(OrderDocument order, OrderStatus status) =>
        status switch
        {
            OrderStatus.Paid => ($"Order {order.Number} is paid", "The receipt is in your mail."),
            OrderStatus.Delivered => ($"You are enrolled in {order.Item}", "The course is among your courses now."),
            _ => ($"Order {order.Number} is cancelled", "Nothing more will happen to it."),
        };

    private static string Link(OrderDocument order) => $"/api/orders/{order.Id}";
}
