using MovieLms.Data.Imports;
using MovieLms.Worker.Imports.Reading;

namespace MovieLms.Worker.Imports;

/// <summary>For rows that do not depend on each other; the pass still finds out whether the file can be read.</summary>
internal sealed class CountingSurveyor : IImportSurveyor
{
    public void See(in SourceRow row) { }

    public ImportSurvey Result(long rows) => new(rows, null);
}
