using MongoDB.Bson;
using MovieLms.Data.Chat;
using MovieLms.Data.Identity;
using MovieLms.Testing;

namespace MovieLms.Data.Tests.Storage;

public sealed class UniqueWritesTests(DataFixture data) : IClassFixture<DataFixture>
{
    // A database that aborts colliding writes does so for about one of a thousand pairs.
    private const int Rounds = 8;
    private const int PairsPerRound = 50;

    [Fact]
    public async Task One_of_two_concurrent_inserts_of_a_key_succeeds_and_the_other_reports_a_duplicate()
    {
        var keys = new SigningKeyStore(data.Database);
        for (var round = 0; round < Rounds; round++)
        {
            await AssertOneOfEachPairSucceedsAsync(
                round,
                sequence =>
                    keys.TryAddAsync(
                        new SigningKeyDocument
                        {
                            KeyId = Guid.NewGuid().ToString(),
                            Sequence = sequence,
                            ProtectedPrivateKey = "",
                            ActiveFrom = DateTimeOffset.UnixEpoch,
                        },
                        CancellationToken.None
                    )
            );
        }
    }

    [Fact]
    public async Task One_of_two_concurrent_upserts_of_a_key_succeeds_and_the_other_reports_a_duplicate()
    {
        var rooms = new RoomStore(data.Database, TimeProvider.System);
        var users = Enumerable.Range(0, PairsPerRound).Select(_ => ObjectId.GenerateNewId()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            var room = ObjectId.GenerateNewId();
            await AssertOneOfEachPairSucceedsAsync(
                round,
                number => rooms.MarkReadAsync(users[number % PairsPerRound], room, 1, CancellationToken.None)
            );
        }
    }

    private static async Task AssertOneOfEachPairSucceedsAsync(int round, Func<int, Task<bool>> write)
    {
        var numbers = Enumerable.Range(round * PairsPerRound, PairsPerRound);
        var pairs = await Task.WhenAll(numbers.Select(number => Task.WhenAll(write(number), write(number))));
        Assert.All(pairs, pair => Assert.Single(pair, succeeded => succeeded));
    }
}
