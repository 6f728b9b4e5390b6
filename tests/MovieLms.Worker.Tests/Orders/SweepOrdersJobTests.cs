using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using MongoDB.Bson;
using MongoDB.Driver;
using MovieLms.Application.Live;
using MovieLms.Application.Mail;
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

/// <summary>Effects of orders that the worker applies after a process died between storing the status and applying them.</summary>
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
    public async Task A_payment_whose_process_died_mails_one_receipt()
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await RunAsync();
        Assert.Equal(0, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));

        await MakeDueAsync(order);
        await RunAsync();
        await RunAsync();
        var mail = Assert.Single(
            await Collection(CollectionNames.Outbox).Find(new BsonDocument("key", $"receipt:{order.Id}")).ToListAsync()
        );
        Assert.Equal(1, await CountAsync(NotificationEntity.Collection, "userId", _customer.Id));
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
    public async Task A_change_after_the_outbox_deleted_the_receipt_sends_no_second_one(OrderStatus next, bool isRecorded)
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await MakeDueAsync(order);
        await RunAsync();
        Assert.NotNull((await FindAsync(order)).ReceiptSentAt);
        Assert.Equal(
            1,
            (await Collection(CollectionNames.Outbox).DeleteManyAsync(new BsonDocument("key", $"receipt:{order.Id}"))).DeletedCount
        );
        // An order of an earlier release: paid eight days ago, without a record of the receipt.
        if (!isRecorded)
            await MakeOldAsync(order);

        Assert.Equal(OrderChangeStatus.Done, (await Get<OrderStore>().ChangeAsync(order.Id, next, Admin, null, default)).Status);
        await MakeDueAsync(order);
        await RunAsync();
        Assert.Equal((next, null), ((await FindAsync(order)).Status, (await FindAsync(order)).EffectsDueAt));
        Assert.Equal(0, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
    }

    [Fact]
    public async Task A_payment_whose_effects_are_eight_days_late_sends_its_receipt()
    {
        var order = await OrderAsync(await CourseAsync(null));
        await PayAsync(order);
        await MakeOldAsync(order);
        await MakeDueAsync(order);
        await RunAsync();
        Assert.Equal(1, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
    }

    [Fact]
    public async Task A_delivery_whose_process_died_is_completed_once()
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
        Assert.Equal(2, await CountAsync(NotificationEntity.Collection, "userId", _customer.Id));
    }

    [Fact]
    public async Task An_undeliverable_order_of_a_full_course_stays_paid_and_notifies_admin_and_customer_once()
    {
        var course = await CourseAsync(1);
        await Get<EnrollmentStore>().EnrollAsync(course.Id, ObjectId.GenerateNewId(), default);
        var order = await OrderAsync(course);
        await PayAsync(order);
        await BeginDeliveryAsync(order);
        await RunAsync();
        await RunAsync();
        var current = await FindAsync(order);
        Assert.Equal((OrderStatus.Paid, null, null), (current.Status, current.Delivery, current.EffectsDueAt));
        var notification = Assert.Single(
            await Collection(NotificationEntity.Collection).Find(new BsonDocument("userId", Admin)).ToListAsync()
        );
        Assert.Contains("The course is full", notification["text"].AsString, StringComparison.Ordinal);
        Assert.Equal($"/api/orders/{order.Id}", notification["link"].AsString);
        var customer = await Collection(NotificationEntity.Collection)
            .Find(new BsonDocument { { "userId", _customer.Id }, { "title", notification["title"] } })
            .ToListAsync();
        Assert.Contains("The course is full", Assert.Single(customer)["text"].AsString, StringComparison.Ordinal);
        Assert.False(await Get<EnrollmentStore>().IsActiveAsync(course.Id, _customer.Id, default));
    }

    [Fact]
    public async Task The_effects_of_an_order_are_applied_once_at_whichever_step_its_process_dies()
    {
        var course = await CourseAsync(null);
        for (var death = 1; death <= 3; death++)
        {
            var order = await OrderAsync(course);
            await PayAsync(order);
            await Get<OrderStore>().ChangeAsync(order.Id, OrderStatus.Delivered, Admin, null, default);
            // The process dies before one of the three inserts: the receipt's mail and two notifications.
            var (steps, dying) = (0, death);
            void Step()
            {
                if (++steps == dying)
                    throw new IOException("The process dies here.");
            }
            await Assert.ThrowsAsync<IOException>(async () => await CreateEffects(Step).ApplyAsync(await FindAsync(order), default));
            Assert.NotNull((await FindAsync(order)).EffectsDueAt);

            await MakeDueAsync(order);
            await RunAsync();
            await RunAsync();
            Assert.Equal((OrderStatus.Delivered, null), ((await FindAsync(order)).Status, (await FindAsync(order)).EffectsDueAt));
            Assert.Equal(1, await CountAsync(CollectionNames.Outbox, "key", $"receipt:{order.Id}"));
            foreach (var status in new[] { "Paid", "Delivered" })
                Assert.Equal(1, await CountAsync(NotificationEntity.Collection, "key", $"order:{order.Id}:{status}"));
        }
        Assert.Equal(6, await CountAsync(NotificationEntity.Collection, "userId", _customer.Id));
        Assert.Equal(1, (await Get<CourseStore>().GetAsync(course.Id, default))!.ActiveEnrollments);
    }

    /// <summary>The effects over a database that calls <paramref name="step"/> before each insert of a mail or notification.</summary>
    private OrderEffects CreateEffects(Action step)
    {
        var database = InterceptedDatabase.Of(_host.Database, step);
        var notifier = new Notifier(new NotificationStore(database, TimeProvider.System), Get<LiveEvents>());
        var outbox = new OutboxStore(database, TimeProvider.System);
        return new OrderEffects(
            Get<OrderStore>(),
            Get<UserStore>(),
            outbox,
            notifier,
            Get<Receipts>(),
            Get<PageLinks>(),
            TimeProvider.System
        );
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

    // Stores the status without applying the effects, as if the process had died in between.
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

    private Task MakeDueAsync(OrderDocument order) => SetAsync(order, new BsonDocument("effectsDueAt", new BsonDateTime(0)));

    private Task MakeOldAsync(OrderDocument order) =>
        Collection(OrderEntity.Collection)
            .UpdateOneAsync(
                new BsonDocument("_id", order.Id),
                new BsonDocument
                {
                    { "$set", new BsonDocument("history.1.at", TimeProvider.System.GetUtcNow().AddDays(-8).UtcDateTime) },
                    { "$unset", new BsonDocument("receiptSentAt", string.Empty) },
                }
            );

    private Task SetAsync(OrderDocument order, BsonDocument fields) =>
        Collection(OrderEntity.Collection).UpdateOneAsync(new BsonDocument("_id", order.Id), new BsonDocument("$set", fields));

    private async Task<OrderDocument> FindAsync(OrderDocument order) => (await Get<OrderStore>().FindAsync(order.Id, null, default))!;

    private Task<long> CountAsync(string collection, string field, BsonValue value) =>
        Collection(collection).CountDocumentsAsync(new BsonDocument(field, value));

    private Task RunAsync() => _host.App.Services.GetServices<IRecurringJob>().Single(job => job.Name == "orders-sweep").RunAsync(default);

    private IMongoCollection<BsonDocument> Collection(string name) => _host.Database.GetCollection<BsonDocument>(name);

    private T Get<T>()
        where T : notnull => _host.App.Services.GetRequiredService<T>();
}
