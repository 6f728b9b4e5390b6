using MovieLms.Bench.Api;
using MovieLms.Bench.Chaos;
using MovieLms.Bench.Chat;
using MovieLms.Bench.Growth;
using MovieLms.Bench.Identity;
using MovieLms.Bench.Imports;

// Each name runs one benchmark, which prints its own table. Only figures of the same run on the same machine are comparable.
return args switch
{
    ["api", .. var rest] => await ApiBench.RunAsync(rest),
    ["movies", .. var rest] => await MovieBench.RunAsync(rest),
    ["identity", .. var rest] => await IdentityBench.RunAsync(rest),
    ["growth", .. var rest] => await GrowthBench.RunAsync(rest),
    ["import", "movies", .. var rest] => await MovieImportBench.RunAsync(rest),
    ["import", .. var rest] => await ImportBench.RunAsync(rest),
    ["chaos", .. var rest] => await ChaosBench.RunAsync(rest),
    ["chat", .. var rest] => await ChatBench.RunAsync(rest),
    [ChatNode.Name, .. var rest] => await ChatNode.RunAsync(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        usage: dotnet run -c Release --project bench/MovieLms.Bench -- NAME

          api       throughput, processor time and allocated bytes per request; --against CHECKOUT compares two builds (needs wrk)
          chat      fan-out to a room of 100, memory of 5,000 idle connections, and 5,000 connections in rooms of 1,000, compared with a
                    bare hub, and two nodes with one; fan-out, idle, size [CONNECTIONS [MEMBERS]] or nodes [...] runs one part
          growth    single requests at 3,000 to 1,000,000 movies, 100,000 to-dos, 1,000,000 messages and 10,000 enrollments
          identity  a cached read during 50 concurrent sign-ins, and the cost of validating its token (needs wrk)
          movies    reads of single movies out of 100,000, one of them and at random (needs wrk)
          import    500,000 to-dos through upload, worker and embedded database, compared with plain inserts; a number sets the rows
          import movies  five rounds of 40,000 movies, imported twice, compared with plain inserts; a number sets the rows of a round
          chaos     failed requests and recovery time when each process is killed; process names limit it to those
        """
    );
    return 2;
}
