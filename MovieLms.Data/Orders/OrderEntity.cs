using MovieLms.Data.Courses;
using MovieLms.Data.Identity;
using MovieLms.Data.Relations;

namespace MovieLms.Data.Orders;

/// <summary>Declares orders. An order is a sales record, so it is kept when its customer or course is deleted.</summary>
public static class OrderEntity
{
    /// <summary>The entity's name.</summary>
    public const string Name = "order";

    /// <summary>The name of its collection.</summary>
    public const string Collection = "orders";

    internal static Entity Declaration { get; } =
        new(Name, Collection, typeof(OrderDocument))
        {
            References =
            [
                new(OrderFields.CustomerId, IdentityEntities.User, OnDelete.Keep),
                new(OrderFields.CourseId, CourseEntity.Name, OnDelete.Keep),
            ],
        };
}
