using System.Globalization;
using System.Text;
using MongoDB.Bson;
using MongoDB.Driver;

namespace EmbeddedMongo.Tests.Agreement;

/// <summary>
/// Runs generated cases on this server and on another one, which must return equal results or error codes. The connection string of the
/// other server is in MOVIELMS_TEST_REFERENCE if it is MongoDB itself, and in MOVIELMS_TEST_DOCUMENTDB if it is DocumentDB, whose known
/// differences from MongoDB are accepted. MOVIELMS_TEST_SCALE=full runs twelve times as many cases, and MOVIELMS_TEST_SEED selects others.
/// </summary>
public sealed class AgreementTests
{
    private const int CommandsPerFixture = 12;
    private const int MaxReported = 40;

    private static readonly string? Reference = Environment.GetEnvironmentVariable("MOVIELMS_TEST_REFERENCE");

    private static readonly string? Other = Reference ?? Environment.GetEnvironmentVariable("MOVIELMS_TEST_DOCUMENTDB");

    private static readonly int Scale = TestScale.IsFull ? 12 : 1;

    private static readonly int Seed = int.Parse(
        Environment.GetEnvironmentVariable("MOVIELMS_TEST_SEED") ?? "1",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public Task Finds_agree() => CompareAsync(new FindGenerator(), 170);

    [Fact]
    public Task Counts_and_distinct_values_agree() => CompareAsync(new CountGenerator(), 60);

    [Fact]
    public Task Updates_agree() => CompareAsync(new UpdateGenerator(), 150);

    [Fact]
    public Task Expressions_agree() => CompareAsync(new ExpressionCommandGenerator(), 200);

    [Fact]
    public Task Pipelines_agree() => CompareAsync(new PipelineGenerator(), 150);

    private static async Task CompareAsync(ICommandGenerator generator, int cases)
    {
        Assert.SkipWhen(
            Other is null,
            "MOVIELMS_TEST_REFERENCE or MOVIELMS_TEST_DOCUMENTDB must be the connection string of a server to compare with (see the README)"
        );
        await using var server = await EmbeddedMongoServer.StartAsync();
        var database = $"agreement_{generator.GetType().Name}_{Environment.ProcessId}";
        using var ownClient = new MongoClient(server.ConnectionString);
        using var otherClient = new MongoClient(Other);
        var ours = new AgreementTarget(ownClient, database, withIndexes: true);
        var theirs = new AgreementTarget(otherClient, database, withIndexes: false);
        var report = new StringBuilder();
        var (differences, known, crashes) = (0, 0, 0);
        var dice = new Dice(Seed);
        var fixture = CreateFixture(dice);
        var total = cases * Scale;
        for (var i = 0; i < total && differences < MaxReported; i++)
        {
            fixture = i % CommandsPerFixture == 0 ? CreateFixture(dice) : fixture;
            var (command, ordered) = generator.Next(dice);
            var agreementCase = fixture with { Command = command, Ordered = ordered };
            Outcome mine,
                other;
            try
            {
                (mine, other) = await RunBothAsync(ours, theirs, agreementCase);
            }
            catch (OtherServerCrashedException)
            {
                await theirs.RecoverAsync();
                crashes++;
                continue;
            }

            if (Outcome.Agree(mine, other, ordered))
                continue;

            if (Explain(agreementCase, mine, other) is not null)
            {
                known++;
                continue;
            }

            differences++;
            var small = await CaseShrinker.ShrinkAsync(
                agreementCase,
                candidate => HasSameDifferenceAsync(ours, theirs, candidate, mine, other)
            );
            var (smallMine, smallOther) = ReferenceEquals(small, agreementCase) ? (mine, other) : await RunBothAsync(ours, theirs, small);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"--- case {i} of seed {Seed}\n{small}\nembedded: {smallMine}\nother:    {smallOther}\n"
            );
        }

        await theirs.DropAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{total} cases, {differences} differences, {known} known differences, {crashes} crashes of the other server"
            )
        );
        Assert.True(crashes * 50 <= total, "the other server crashed too often for a valid comparison");
        Assert.True(differences == 0, report.ToString());
    }

    private static async Task<(Outcome Mine, Outcome Other)> RunBothAsync(
        AgreementTarget ours,
        AgreementTarget theirs,
        AgreementCase agreementCase
    )
    {
        var other = theirs.RunAsync(agreementCase);
        var mine = await ours.RunAsync(agreementCase);
        try
        {
            return (mine, await other);
        }
        catch (Exception error) when (AgreementTarget.IsCrash(error))
        {
            throw new OtherServerCrashedException(error);
        }
    }

    // Accept a smaller case only if it fails in the same way. Otherwise shrinking drifts to another difference.
    private static async Task<bool> HasSameDifferenceAsync(
        AgreementTarget ours,
        AgreementTarget theirs,
        AgreementCase candidate,
        Outcome mine,
        Outcome other
    )
    {
        Outcome nextMine,
            nextOther;
        try
        {
            (nextMine, nextOther) = await RunBothAsync(ours, theirs, candidate);
        }
        catch (OtherServerCrashedException)
        {
            await theirs.RecoverAsync();
            return false;
        }

        return !Outcome.Agree(nextMine, nextOther, candidate.Ordered)
            && nextMine.ErrorCode == mine.ErrorCode
            && nextOther.ErrorCode == other.ErrorCode
            && Explain(candidate, nextMine, nextOther) is null;
    }

    // Nothing excuses a difference from MongoDB itself.
    private static string? Explain(AgreementCase agreementCase, Outcome ours, Outcome theirs) =>
        Reference is null ? KnownDifferences.Explain(agreementCase, ours, theirs) : null;

    private static AgreementCase CreateFixture(Dice dice)
    {
        BsonDocument[] indexes =
        [
            new("a", 1),
            new("b", -1),
            new("c", 1),
            new("d.x", 1),
            new("e", 1),
            new("f.x", -1),
            new("g", 1),
            new() { { "a", 1 }, { "b", 1 } },
            new() { { "d.x", -1 }, { "a", 1 } },
            new() { { "c", 1 }, { "e", 1 } },
        ];
        return new AgreementCase(DocumentGenerator.Documents(dice, dice.Between(4, 14)), [], false)
        {
            Others = DocumentGenerator.Documents(dice, dice.Between(2, 8)),
            Indexes = dice.Chance(0.5) ? [] : [dice.Pick(indexes), dice.Pick(indexes)],
        };
    }
}

/// <summary>The other server crashed and is restarting, so the case has no result.</summary>
internal sealed class OtherServerCrashedException(Exception cause) : Exception("the other server crashed", cause);
