using MovieLms.Data.Courses;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Orders;

/// <summary>The order among the entities. It is a record of what was sold: it stays when customer or course go.</summary>
internal static class OrderEntity
{
    internal static Entity Declaration { get; } =
        new("order", CollectionNames.Orders, typeof(OrderDocument))
        {
            References =
            [
                new(OrderFields.CustomerId, "user", OnDelete.Keep),
                new(OrderFields.CourseId, CourseEntities.Course, OnDelete.Keep),
            ],
        };
}
