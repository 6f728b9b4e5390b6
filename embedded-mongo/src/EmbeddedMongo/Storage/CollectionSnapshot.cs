namespace EmbeddedMongo.Storage;

/// <summary>
/// A collection's state with a consistent view of the store: every index of the state has exactly the entries of the documents in the
/// view. It has a single owner, which must dispose it once.
/// </summary>
internal sealed class CollectionSnapshot : IDisposable
{
    private CollectionSnapshot(Collection collection, CollectionState state, ReadView view, long oldestRecord)
    {
        OldestRecord = oldestRecord;
        Collection = collection;
        State = state;
        View = view;
    }

    public Collection Collection { get; }

    public CollectionState State { get; }

    public ReadView View { get; }

    /// <summary>A lower bound of the record numbers.</summary>
    public long OldestRecord { get; }

    /// <summary>Takes a snapshot. Returns null if the collection has been dropped.</summary>
    public static CollectionSnapshot? Take(Collection collection)
    {
        while (true)
        {
            var state = collection.State;
            if (state.Dropped)
                return null;

            // Read before the view is opened, so that the view contains no older record.
            var oldestRecord = collection.OldestRecord;
            var view = collection.Engine.OpenView();
            if (ReferenceEquals(state, collection.State))
                return new CollectionSnapshot(collection, state, view, oldestRecord);

            view.Dispose();
        }
    }

    public void Dispose() => View.Dispose();
}
