using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Live;
using MovieLms.Application.Orders;
using MovieLms.Data.Courses;
using MovieLms.Data.Enrollments;
using MovieLms.Data.Identity;
using MovieLms.Data.Mail;
using MovieLms.Data.Notifications;
using MovieLms.Data.Orders;
using MovieLms.Data.Storage;
using MovieLms.Testing;
using MovieLms.Worker.Jobs;
using UglyToad.PdfPig;

namespace MovieLms.Worker.Tests.Orders;

/// <summary>What the worker finishes when a process died between an order's new status and what follows from it.</summary>
public sealed class SweepOrdersJobTests : IAsyncLifetime
{
    private static readonly ObjectId Admin = ObjectId.GenerateNewId();
    private ServiceHost _host = null!;
    private UserDocument _customer = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ServiceHost.StartAsync(new ServiceHostOptions { Services = Services.Worker });
        _customer = (
            await Get<UserStore>()
                .AddAsync(
                    new UserDocument
                    {
                        Username = "Ada Lovelace",
                        Email = "ada@example.test",
                        EmailNormalized = "ada@example.test",
                        Role = "student",
                    },
                    default
                )
        )!;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_payment_whose_process_died_mails_one_receipt_with_the_orders_figures()
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await RunAsync();
        Assert.Equal(0, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));

        await AgeAsync(order);
        await RunAsync();
        await RunAsync();
        var mail = Assert.Single(
            await Collection(CollectionNames.Outbox).Find(new BsonDocument("key", $"receipt:{order.Id}")).ToListAsync()
        );
        Assert.Equal(1, await CountAsync(CollectionNames.Notifications, "userId", _customer.Id));
        Assert.Null((await FindAsync(order)).EffectsDueAt);
        using var pdf = PdfDocument.Open(mail["attachments"][0]["content"].AsByteArray);
        var text = string.Join(' ', pdf.GetPages().SelectMany(page => page.GetWords()).Select(word => word.Text));
        foreach (
            var figure in new[]
            {
                order.Number,
                "Ada Lovelace",
                "Lighting",
                "3",
                "1,219.50",
                "Total 3,658.50 EUR",
                TimeProvider.System.GetUtcNow().ToString("d MMM yyyy", CultureInfo.InvariantCulture),
            }
        )
        {
            Assert.Contains(figure, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(OrderStatus.Cancelled, true)]
    [InlineData(OrderStatus.Delivered, true)]
    [InlineData(OrderStatus.Cancelled, false)]
    [InlineData(OrderStatus.Delivered, false)]
    public async Task A_change_after_the_outbox_has_forgotten_the_receipt_sends_no_second_one(OrderStatus next, bool isRecorded)
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await AgeAsync(order);
        await RunAsync();
        Assert.NotNull((await FindAsync(order)).ReceiptSentAt);
        Assert.Equal(
            1,
            (await Collection(CollectionNames.Outbox).DeleteManyAsync(new BsonDocument("key", $"receipt:{order.Id}"))).DeletedCount
        );
        // An order of an earlier release: paid eight days ago, without the record.
        if (!isRecorded)
            await AsOldAsync(order);

        Assert.Equal(OrderChangeStatus.Done, (await Get<OrderStore>().ChangeAsync(order.Id, next, Admin, null, default)).Status);
        await AgeAsync(order);
        await RunAsync();
        Assert.Equal((next, null), ((await FindAsync(order)).Status, (await FindAsync(order)).EffectsDueAt));
        Assert.Equal(0, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
    }

    [Fact]
    public async Task A_payment_whose_effects_waited_for_eight_days_sends_its_receipt()
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await AsOldAsync(order);
        await AgeAsync(order);
        await RunAsync();
        Assert.Equal(1, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
    }

    [Fact]
    public async Task A_delivery_whose_process_died_is_ended_once()
    {
        var course = await CourseAsync(null);
        var order = await OrderAsync(course);
        await PayAsync(order);
        await BeginDeliveryAsync(order);
        await RunAsync();
        await RunAsync();
        var ended = await FindAsync(order);
        Assert.Equal((OrderStatus.Delivered, null, null), (ended.Status, ended.Delivery, ended.EffectsDueAt));
        Assert.Equal([OrderStatus.Pending, OrderStatus.Paid, OrderStatus.Delivered], ended.History.Select(change => change.Status));
        Assert.Equal(Admin, ended.History[^1].By);
        Assert.True(await Get<EnrollmentStore>().IsActiveAsync(course.Id, _customer.Id, default));
        Assert.Equal(1, (await Get<CourseStore>().GetAsync(course.Id, default))!.ActiveEnrollments);
        Assert.Equal(2, await CountAsync(CollectionNames.Notifications, "userId", _customer.Id));
    }

    [Fact]
    public async Task A_delivery_of_a_course_that_filled_up_stays_paid_and_admin_and_customer_hear_so_once()
    {
        var course = await CourseAsync(1);
        await Get<EnrollmentStore>().EnrollAsync(course.Id, ObjectId.GenerateNewId(), default);
        var order = await OrderAsync(course);
        await PayAsync(order);
        await BeginDeliveryAsync(order);
        await RunAsync();
        await RunAsync();
        var standing = await FindAsync(order);
        Assert.Equal((OrderStatus.Paid, null, null), (standing.Status, standing.Delivery, standing.EffectsDueAt));
        var told = Assert.Single(await Collection(CollectionNames.Notifications).Find(new BsonDocument("userId", Admin)).ToListAsync());
        Assert.Contains("no place left", told["text"].AsString, StringComparison.Ordinal);
        Assert.Equal($"/api/orders/{order.Id}", told["link"].AsString);
        var customer = await Collection(CollectionNames.Notifications)
            .Find(new BsonDocument { { "userId", _customer.Id }, { "title", told["title"] } })
            .ToListAsync();
        Assert.Contains("no place left", Assert.Single(customer)["text"].AsString, StringComparison.Ordinal);
        Assert.False(await Get<EnrollmentStore>().IsActiveAsync(course.Id, _customer.Id, default));
    }

    [Fact]
    public async Task Wherever_its_process_dies_an_order_is_finished_once()
    {
        var course = await CourseAsync(null);
        for (var death = 1; death <= 3; death++)
        {
            var order = await OrderAsync(course);
            await PayAsync(order);
            await Get<OrderStore>().ChangeAsync(order.Id, OrderStatus.Delivered, Admin, null, default);
            // The receipt's mail and two notifications are stored: before each of the three the process dies.
            var (steps, dying) = (0, death);
            void Step()
            {
                if (++steps == dying)
                    throw new IOException("The process dies here.");
            }
            await Assert.ThrowsAsync<IOException>(async () => await EffectsThat(Step).ApplyAsync(await FindAsync(order), default));
            Assert.NotNull((await FindAsync(order)).EffectsDueAt);

            await AgeAsync(order);
            await RunAsync();
            await RunAsync();
            Assert.Equal((OrderStatus.Delivered, null), ((await FindAsync(order)).Status, (await FindAsync(order)).EffectsDueAt));
            Assert.Equal(1, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
            foreach (var status in new[] { "Paid", "Delivered" })
                Assert.Equal(1, await CountAsync(CollectionNames.Notifications, "key", $"order:{order.Id}:{status}"));
        }
        Assert.Equal(6, await CountAsync(CollectionNames.Notifications, "userId", _customer.Id));
        Assert.Equal(1, (await Get<CourseStore>().GetAsync(course.Id, default))!.ActiveEnrollments);
    }

    /// <summary>The effects over a database that calls <paramref name="step"/> before each insert of a mail or notification.</summary>
    private OrderEffects EffectsThat(Action step)
    {
        var database = InterceptedDatabase.Of(_host.Database, step);
        var notifier = new Notifier(new NotificationStore(database, TimeProvider.System), Get<LiveEvents>());
        var outbox = new OutboxStore(database, TimeProvider.System);
        return new OrderEffects(Get<OrderStore>(), Get<UserStore>(), outbox, notifier, TimeProvider.System);
    }

    private async Task<CourseDocument> CourseAsync(int? capacity) =>
        await Get<CourseStore>()
            .CreateAsync(
                ObjectId.GenerateNewId(),
                new CourseDetails("Lighting", null, 1_219.50m, "EUR", capacity, CourseStatus.Published),
                default
            );

    private Task<OrderDocument> OrderAsync(CourseDocument course) =>
        Get<OrderStore>().CreateAsync(ObjectId.GenerateNewId(), _customer.Id, _customer.Username, course, 3, default);

    // The store writes the status; who called it dies before anything follows.
    private async Task PayAsync(OrderDocument order) =>
        Assert.Equal(
            OrderChangeStatus.Done,
            (await Get<OrderStore>().ChangeAsync(order.Id, OrderStatus.Paid, Admin, null, default)).Status
        );

    private Task BeginDeliveryAsync(OrderDocument order) =>
        SetAsync(
            order,
            new BsonDocument
            {
                {
                    "delivery",
                    new BsonDocument { { "by", Admin }, { "at", new BsonDateTime(0) } }
                },
                { "effectsDueAt", new BsonDateTime(0) },
            }
        );

    private Task AgeAsync(OrderDocument order) => SetAsync(order, new BsonDocument("effectsDueAt", new BsonDateTime(0)));

    private Task AsOldAsync(OrderDocument order) =>
        Collection(CollectionNames.Orders)
            .UpdateOneAsync(
                new BsonDocument("_id", order.Id),
                new BsonDocument
                {
                    { "$set", new BsonDocument("history.1.at", TimeProvider.System.GetUtcNow().AddDays(-8).UtcDateTime) },
                    { "$unset", new BsonDocument("receiptSentAt", string.Empty) },
                }
            );

    private Task SetAsync(OrderDocument order, BsonDocument fields) =>
        Collection(CollectionNames.Orders).UpdateOneAsync(new BsonDocument("_id", order.Id), new BsonDocument("$set", fields));

    private async Task<OrderDocument> FindAsync(OrderDocument order) => (await Get<OrderStore>().FindAsync(order.Id, null, default))!;

    private Task<long> CountAsync(string collection, string field, BsonValue value) =>
        Collection(collection).CountDocumentsAsync(new BsonDocument(field, value));

    private Task RunAsync() => _host.App.Services.GetServices<IRecurringJob>().Single(job => job.Name == "orders-sweep").RunAsync(default);

    private IMongoCollection<BsonDocument> Collection(string name) => _host.Database.GetCollection<BsonDocument>(name);

    private T Get<T>()
        where T : notnull => _host.App.Services.GetRequiredService<T>();
}
