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
/// The effects of an order's status: the receipt by mail, the enrollment and the notifications. All effects are derived from the stored
/// order and idempotent, so a crash after the status was stored neither loses nor duplicates one.
/// </summary>
public sealed class OrderEffects(
    OrderStore orders,
    UserStore users,
    OutboxStore outbox,
    Notifier notifier,
    Receipts receipts,
    PageLinks pages,
    TimeProvider time
)
{
    private const string Kind = "order";

    /// <summary>Applies an order's pending effects. If canceled, the remaining effects stay pending.</summary>
    public async Task ApplyAsync(OrderDocument order, CancellationToken cancellationToken)
    {
        using var activity = MovieLmsTelemetry.Source.StartActivity("order effects");
        activity?.SetTag("order.id", order.Id.ToString());
        if (order.Delivery is { } delivery)
            order = await CompleteDeliveryAsync(order, delivery, cancellationToken);
        if (IsReceiptDue(order) && await users.FindAsync(order.CustomerId, cancellationToken) is { ArchivedAt: null } customer)
        {
            await outbox.AddAsync(CreateReceiptMail(order, customer.Email), cancellationToken);
            await orders.MarkReceiptSentAsync(order.Id, cancellationToken);
        }
        foreach (var (status, _, _) in order.History.Where(change => change.Status != OrderStatus.Pending))
        {
            var (title, text) = Describe(order, status);
            await notifier.NotifyAsync([order.CustomerId], Kind, title, text, Link(order), $"order:{order.Id}:{status}", cancellationToken);
        }
        await orders.CompleteEffectsAsync(order, cancellationToken);
    }

    /// <summary>Applies the effects that a crash or a failure left pending.</summary>
    /// <param name="before">Only effects pending since before this time. Newer ones belong to a running request.</param>
    /// <param name="failed">Receives each order whose effects failed. The next run retries them.</param>
    /// <param name="cancellationToken">Stops before the next order.</param>
    public async Task SweepAsync(DateTimeOffset before, Action<ObjectId, Exception> failed, CancellationToken cancellationToken)
    {
        foreach (var order in await orders.ListDueAsync(before, cancellationToken))
        {
            try
            {
                // Read the order again: its own request may have completed, or failed and canceled the order, since the query.
                if (await orders.FindAsync(order.Id, null, cancellationToken) is { EffectsDueAt: not null } current)
                    await ApplyAsync(current, cancellationToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // One failing order must not hold up the others.
                failed(order.Id, e);
                await orders.PostponeAsync(order.Id, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Completes a delivery whose process died. If the course is full or closed, the order stays paid. The administrator who started the
    /// delivery got no response, so both they and the customer are notified. The delivery is removed from the order afterwards, so that a
    /// crash in between repeats the notifications instead of losing them.
    /// </summary>
    private async Task<OrderDocument> CompleteDeliveryAsync(
        OrderDocument order,
        OrderDelivery delivery,
        CancellationToken cancellationToken
    )
    {
        var (status, delivered) = await orders.DeliverAsync(order, cancellationToken);
        if (delivered is not null)
            return delivered;
        if (status is OrderChangeStatus.CourseFull or OrderChangeStatus.CourseClosed)
        {
            var reason = status == OrderChangeStatus.CourseFull ? "The course is full." : "The course is archived or deleted.";
            var key = $"order:{order.Id}:undelivered:{delivery.At.ToUnixTimeMilliseconds()}";
            var title = $"Order {order.Number} could not be delivered";
            await notifier.NotifyAsync(
                [delivery.By],
                Kind,
                title,
                $"{reason} The order stays paid until you deliver it again or cancel it.",
                Link(order),
                key,
                cancellationToken
            );
            await notifier.NotifyAsync(
                [order.CustomerId],
                Kind,
                title,
                $"{reason} Your order stays paid. An administrator has been notified.",
                Link(order),
                key,
                cancellationToken
            );
            await orders.AbandonDeliveryAsync(order, cancellationToken);
        }
        return await orders.FindAsync(order.Id, null, cancellationToken) ?? order;
    }

    /// <summary>
    /// Returns whether the receipt must be mailed. The order records the receipt, because the outbox deletes sent mail after a while. An
    /// order without the record is older than the field, or its effects were interrupted. While the outbox still has the mail, adding it
    /// again changes nothing. After that the receipt is due only if the payment is the order's latest change.
    /// </summary>
    private bool IsReceiptDue(OrderDocument order)
    {
        if (order.ReceiptSentAt is not null || order.PaidAt is not { } paidAt)
            return false;
        return time.GetUtcNow() - paidAt < OutboxStore.SentRetention || order.History[^1].Status == OrderStatus.Paid;
    }

    private OutgoingMail CreateReceiptMail(OrderDocument order, string address)
    {
        using var pdf = new MemoryStream();
        receipts.Render(order, pdf);
        var paid = string.Create(CultureInfo.InvariantCulture, $"we have received {order.Amount:N2} {order.Currency} for {order.Item}.");
        var mail = new MailTemplate(
            $"Receipt for order {order.Number}",
            [$"Hello {order.CustomerName},", paid, "The receipt is attached. You are enrolled when the order is delivered."]
        )
        {
            Button = ("Show the order", pages.Order(order.Id)),
        };
        return mail.To(address) with
        {
            Key = $"receipt:{order.Id}",
            Attachments = [new MailAttachment($"receipt-{order.Number}.pdf", "application/pdf", pdf.ToArray())],
        };
    }

    private static (string Title, string Text) Describe(OrderDocument order, OrderStatus status) =>
        status switch
        {
            OrderStatus.Paid => ($"Order {order.Number} is paid", "We have mailed you the receipt."),
            OrderStatus.Delivered => ($"You are enrolled in {order.Item}", "You can find the course in your list of courses."),
            _ => ($"Order {order.Number} was canceled", "No further action is needed."),
        };

    private static string Link(OrderDocument order) => $"/api/orders/{order.Id}";
}
