using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Data.Orders;

namespace MovieLms.ApiService.Orders;

/// <summary>Lets customers cancel their own orders until they are paid.</summary>
internal static class OrderCancellation
{
    internal static void MapOrderCancellation(this RouteGroupBuilder orders) =>
        orders
            .MapPost("/{id}/cancel", CancelAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("cancelOrder")
            .WithSummary("Cancel a pending order")
            .WithDescription(
                "For its customer and for order managers. 409 if the order is paid, delivered or already canceled; order managers "
                    + "cancel a paid order with `PATCH /api/orders/{id}`."
            )
            .ProducesWriteProblems();

    private static async Task<Results<Versioned<OrderResponse>, ProblemHttpResult>> CancelAsync(
        [Description("The order's ID")] string id,
        [FromHeader(Name = "If-Match"), Description("Cancel only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        OrderStore orders,
        OrderFollowUp followUp,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var orderId))
            return Problems.NotFound(OrderEndpoints.ResourceName);
        var callerId = caller.GetObjectId();
        var (status, order) = await orders.CancelPendingAsync(
            orderId,
            caller.Can(Permissions.OrdersManage) ? null : callerId,
            callerId,
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (order is null)
        {
            return status switch
            {
                OrderChangeStatus.NotFound => Problems.NotFound(OrderEndpoints.ResourceName),
                OrderChangeStatus.Stale => Problems.Stale(),
                _ => Problems.Conflict("Only a pending order can be canceled."),
            };
        }

        await followUp.TryApplyAsync(order);
        return new Versioned<OrderResponse>(OrderResponse.From(order), order.Version);
    }
}
