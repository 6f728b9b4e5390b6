using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;
using MovieLms.Data.Storage;

namespace MovieLms.Data.Orders;

/// <summary>Declares orders. An order is a sales record, so it is kept when its customer or course is deleted.</summary>
public static class OrderEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "order";

    internal static Entity Declaration { get; } =
        new(Name, CollectionNames.Orders, typeof(OrderDocument))
        {
            References =
            [
                new(OrderFields.CustomerId, IdentityEntities.User, OnDelete.Keep),
                new(OrderFields.CourseId, CourseEntity.Name, OnDelete.Keep),
            ],
        };
}
