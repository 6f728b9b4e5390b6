using MovieLms.Client;
using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Analytics;

/// <summary>The analytics of orders, for administrators.</summary>
internal static class OrderAnalytics
{
    internal static readonly Analytic ByStatus = new()
    {
        Name = "orders-by-status",
        Title = "Orders by status",
        Summary = "What is paid, open and canceled.",
        Explanation = "The number and the amounts of paid, unpaid and canceled orders of each currency. Delivered orders are paid.",
        Path = "/api/analytics/orders/by-status",
        IsForAdministrators = true,
        ReadAsync = async (client, query) =>
        {
            var (currencies, age) = await client.GetAsync<IReadOnlyList<CurrencyOrders>>("/api/analytics/orders/by-status" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Orders",
                        [
                            ChartValue.Count("Paid", currencies.Sum(currency => currency.PaidOrders ?? 0)),
                            ChartValue.Count("Unpaid", currencies.Sum(currency => currency.UnpaidOrders ?? 0)),
                            ChartValue.Count("Canceled", currencies.Sum(currency => currency.CancelledOrders ?? 0)),
                        ]
                    ),
                ],
                [
                    new DataTable(
                        "Currencies",
                        [
                            new("Currency"),
                            new("Paid", IsNumber: true),
                            new("Paid amount", IsNumber: true),
                            new("Unpaid", IsNumber: true),
                            new("Unpaid amount", IsNumber: true),
                            new("Canceled", IsNumber: true),
                            new("Canceled amount", IsNumber: true),
                        ],
                        [
                            .. currencies.Select(currency =>
                                (IReadOnlyList<Cell>)
                                    [
                                        currency.Currency,
                                        Texts.Count(currency.PaidOrders ?? 0),
                                        Texts.Money(currency.PaidAmount, currency.Currency),
                                        Texts.Count(currency.UnpaidOrders ?? 0),
                                        Texts.Money(currency.UnpaidAmount, currency.Currency),
                                        Texts.Count(currency.CancelledOrders ?? 0),
                                        Texts.Money(currency.CancelledAmount, currency.Currency),
                                    ]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic ByItem = new()
    {
        Name = "orders-by-course",
        Title = "Orders by course",
        Summary = "Which courses sell best.",
        Explanation = "The courses with the most seats ordered. Canceled orders do not count. Amounts of different currencies stay apart.",
        Path = "/api/analytics/orders/by-item",
        IsForAdministrators = true,
        ReadAsync = async (client, query) =>
        {
            var (items, age) = await client.GetAsync<IReadOnlyList<ItemOrders>>("/api/analytics/orders/by-item" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Seats ordered",
                        [.. items.Take(MaxBars).Select(item => ChartValue.Count(item.Item, item.Quantity ?? 0))]
                    ),
                ],
                [
                    new DataTable(
                        "Courses",
                        [new("Course"), new("Orders", IsNumber: true), new("Seats", IsNumber: true), new("Amounts", IsNumber: true)],
                        [
                            .. items.Select(item =>
                                (IReadOnlyList<Cell>)
                                    [item.Item, Texts.Count(item.Orders ?? 0), Texts.Count(item.Quantity ?? 0), Totals(item.Totals)]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic ByCustomer = new()
    {
        Name = "orders-by-customer",
        Title = "Orders by customer",
        Summary = "Who orders most.",
        Explanation = "The customers with the most orders, including those whose account was deleted.",
        Path = "/api/analytics/orders/by-customer",
        IsForAdministrators = true,
        Filters =
        [
            new Filter("status", "Status", "Any by default.")
            {
                Choices = [("", "Any"), ("pending", "Pending"), ("paid", "Paid"), ("delivered", "Delivered"), ("cancelled", "Canceled")],
            },
            new Filter("limit", "Customers to show", "1 to 1,000; 100 by default.") { Type = "number" },
        ],
        PreviewQuery = "?limit=5",
        ReadAsync = async (client, query) =>
        {
            var (customers, age) = await client.GetAsync<IReadOnlyList<CustomerOrders>>("/api/analytics/orders/by-customer" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Orders",
                        [.. customers.Take(MaxBars).Select(customer => ChartValue.Count(customer.CustomerName, customer.Orders ?? 0))]
                    ),
                ],
                [
                    new DataTable(
                        "Customers",
                        [new("Customer"), new("Orders", IsNumber: true), new("Seats", IsNumber: true), new("Amounts", IsNumber: true)],
                        [
                            .. customers.Select(customer =>
                                (IReadOnlyList<Cell>)
                                    [
                                        customer.CustomerName,
                                        Texts.Count(customer.Orders ?? 0),
                                        Texts.Count(customer.Quantity ?? 0),
                                        Totals(customer.Totals),
                                    ]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    internal static readonly Analytic Users = new()
    {
        Name = "users-with-orders",
        Title = "Users with orders",
        Summary = "The latest orders of the best customers.",
        Explanation =
            "The users with the most orders, each with the latest ones. Canceled orders count too. Deleted accounts are left out.",
        Path = "/api/analytics/orders/users",
        IsForAdministrators = true,
        Filters = [new Filter("limit", "Users to show", "1 to 100; 20 by default.") { Type = "number" }],
        PreviewQuery = "?limit=5",
        ReadAsync = async (client, query) =>
        {
            var (users, age) = await client.GetAsync<IReadOnlyList<OrderingUser>>("/api/analytics/orders/users" + query);
            return new AnalyticView(
                [
                    new Figure(
                        FigureKind.Bars,
                        "Orders",
                        [.. users.Take(MaxBars).Select(user => ChartValue.Count(user.Username, user.OrderCount ?? 0))]
                    ),
                ],
                [
                    new DataTable(
                        "Users",
                        [new("User"), new("Orders", IsNumber: true), new("Latest orders")],
                        [
                            .. users.Select(user =>
                                (IReadOnlyList<Cell>)
                                    [
                                        user.Username,
                                        Texts.Count(user.OrderCount ?? 0),
                                        string.Join(
                                            ", ",
                                            (user.Orders ?? [])
                                                .Take(3)
                                                .Select(order => $"{order.Item} ({Texts.Money(order.Amount, order.Currency)})")
                                        ),
                                    ]
                            ),
                        ]
                    ),
                ]
            )
            {
                Age = age,
            };
        },
    };

    private const int MaxBars = 25;

    private static string Totals(IReadOnlyList<CurrencyTotal>? totals) =>
        string.Join(", ", (totals ?? []).Select(total => Texts.Money(total.Amount, total.Currency)));
}
