using System.ComponentModel;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MovieLms.ApiService.Exports;
using MovieLms.ApiService.Http;
using MovieLms.Application.Access;
using MovieLms.Application.Orders;
using MovieLms.Data.Courses;
using MovieLms.Data.Orders;
using MovieLms.Data.Paging;
using MovieLms.ServiceDefaults.Access;
using MovieLms.ServiceDefaults.Errors;

namespace MovieLms.ApiService.Orders;

/// <summary>Orders of courses. Users place orders for themselves, and order managers change their status.</summary>
internal static class OrderEndpoints
{
    internal const string ResourceName = "order";

    internal static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.TryAddSingleton<OrderFollowUp>();
        return services;
    }

    internal static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapArea("/api/orders", "Orders");
        orders
            .MapPost("/", CreateAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("createOrder")
            .WithSummary("Order a course")
            .WithDescription(
                "Orders a published course at its current price. The customer is enrolled when the order is delivered. `quantity` "
                    + "is 1, because an order enrolls only its customer."
            )
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        orders
            .MapGet("/", ListAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("listOrders")
            .WithExport<OrderResponse>("orders")
            .WithSummary("List orders")
            .WithDescription("The caller's orders, or all orders for order managers. Newest first.")
            .ProducesAccessProblems();
        orders
            .MapGet("/{id}", GetAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getOrder")
            .WithSummary("Get an order")
            .WithDescription("For its customer and for order managers, with the history of its status.")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
        orders
            .MapPatch("/{id}", ChangeAsync)
            .RequirePermission(Permissions.OrdersManage)
            .WithName("changeOrder")
            .WithSummary("Change the status of an order")
            .WithDescription(
                "`pending` becomes `paid` or `cancelled`, and `paid` becomes `delivered` or `cancelled`; 409 for "
                    + "anything else. `paid` mails a receipt, `delivered` enrolls the customer."
            )
            .ProducesWriteProblems()
            .ProducesProblem(StatusCodes.Status409Conflict);
        orders.MapOrderCancellation();
        orders
            .MapGet("/{id}/receipt.pdf", GetReceiptAsync)
            .RequirePermission(Permissions.SignedIn)
            .WithName("getReceipt")
            .WithSummary("Download a receipt")
            .WithDescription("A PDF file. It exists while the order is paid or delivered.")
            .Produces(StatusCodes.Status200OK, contentType: "application/pdf")
            .ProducesAccessProblems()
            .ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<Results<CreatedVersioned<OrderResponse>, ProblemHttpResult>> CreateAsync(
        OrderRequest body,
        HttpContext http,
        CourseStore courses,
        OrderStore orders,
        CancellationToken cancellationToken
    )
    {
        if (
            !Problems.TryParseId(body.CourseId!, out var courseId)
            || await courses.GetAsync(courseId, cancellationToken) is not { Status: CourseStatus.Published } course
        )
        {
            return Problems.NotFound("course");
        }

        if (course.ArchivedAt is not null)
            return Problems.Conflict("The course is archived and cannot be ordered.");
        var order = await orders.CreateAsync(
            http.ReservedId(),
            http.User.GetObjectId(),
            http.User.Name(),
            course,
            body.Quantity ?? 1,
            cancellationToken
        );
        return new CreatedVersioned<OrderResponse>($"/api/orders/{order.Id}", OrderResponse.From(order), order.Version);
    }

    private static async Task<Ok<Page<OrderResponse>>> ListAsync(
        [Choices<OrderStatus>, Description("pending, paid, delivered or cancelled; any by default")] string? status,
        [Description("The customer's ID; only for order managers")] string? customerId,
        [Deprecated, Description("The former name of `customerId`.")] string? customer,
        [AsParameters] PageQuery page,
        HttpContext http,
        OrderLists orders,
        CancellationToken cancellationToken
    )
    {
        var position = page.GetPosition(OrderLists.Sort, key => key.IsBsonNull);
        var size = page.GetSize();
        var statusFilter = OrderQuery.ParseStatus(status);
        var owner = QueryValues.ParseId("customerId", customerId) ?? QueryValues.ParseId("customer", customer);
        if (!http.User.Can(Permissions.OrdersManage))
            owner = http.User.GetObjectId();
        var found = await orders.ListAsync(owner, statusFilter, position, size, cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(found.Select(OrderResponse.From));
    }

    private static async Task<Results<Versioned<OrderResponse>, ProblemHttpResult>> GetAsync(
        [Description("The order's ID")] string id,
        ClaimsPrincipal caller,
        OrderStore orders,
        CancellationToken cancellationToken
    ) =>
        await FindAsync(id, caller, orders, cancellationToken) is { } order
            ? new Versioned<OrderResponse>(OrderResponse.From(order), order.Version)
            : Problems.NotFound(ResourceName);

    private static async Task<Results<Versioned<OrderResponse>, ProblemHttpResult>> ChangeAsync(
        [Description("The order's ID")] string id,
        OrderPatch body,
        [FromHeader(Name = "If-Match"), Description("Change only this version, an `ETag` of an earlier response.")] string? ifMatch,
        ClaimsPrincipal caller,
        OrderStore orders,
        OrderFollowUp followUp,
        CancellationToken cancellationToken
    )
    {
        if (!Problems.TryParseId(id, out var orderId))
            return Problems.NotFound(ResourceName);
        var (status, order) = await orders.ChangeAsync(
            orderId,
            body.Status!.Value,
            caller.GetObjectId(),
            ETags.Versions(ifMatch),
            cancellationToken
        );
        if (order is null)
            return ToProblem(status);
        await followUp.TryApplyAsync(order);
        return new Versioned<OrderResponse>(OrderResponse.From(order), order.Version);
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> GetReceiptAsync(
        [Description("The order's ID")] string id,
        HttpContext http,
        OrderStore orders,
        Receipts receipts,
        RenderGate renderGate,
        CancellationToken cancellationToken
    )
    {
        if (await FindAsync(id, http.User, orders, cancellationToken) is not { } order)
            return Problems.NotFound(ResourceName);
        if (order.Status is not (OrderStatus.Paid or OrderStatus.Delivered))
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                title: "Not found",
                detail: "Only paid and delivered orders have a receipt."
            );
        }

        var pdf = await renderGate.RenderAsync(stream => receipts.Render(order, stream), cancellationToken);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ShowInline($"receipt-{order.Number}.pdf");
        return TypedResults.File(pdf, "application/pdf");
    }

    private static async Task<OrderDocument?> FindAsync(
        string id,
        ClaimsPrincipal caller,
        OrderStore orders,
        CancellationToken cancellationToken
    ) =>
        Problems.TryParseId(id, out var orderId)
            ? await orders.FindAsync(orderId, caller.Can(Permissions.OrdersManage) ? null : caller.GetObjectId(), cancellationToken)
            : null;

    private static ProblemHttpResult ToProblem(OrderChangeStatus status) =>
        status switch
        {
            OrderChangeStatus.NotFound => Problems.NotFound(ResourceName),
            OrderChangeStatus.Stale => Problems.Stale(),
            OrderChangeStatus.BeingDelivered => Problems.Conflict("The order is being delivered. Read it again shortly."),
            OrderChangeStatus.CourseFull => Problems.Conflict("The course is full, so the order cannot be delivered. It stays paid."),
            OrderChangeStatus.CourseClosed => Problems.Conflict(
                "The course is archived or deleted, so the order cannot be delivered. It stays paid."
            ),
            _ => Problems.Conflict(
                "The status must follow the order's current status: pending → paid or cancelled, paid → delivered or cancelled."
            ),
        };
}

/// <summary>Parses the filters of order lists.</summary>
internal static class OrderQuery
{
    /// <summary>Parses a status by its name in the API; null if the text is empty.</summary>
    /// <exception cref="InvalidInputException">The status is unknown.</exception>
    internal static OrderStatus? ParseStatus(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        foreach (var status in Enum.GetValues<OrderStatus>())
        {
            if (string.Equals(status.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return status;
        }

        throw new InvalidInputException("status", "The status must be pending, paid, delivered or cancelled.");
    }
}
