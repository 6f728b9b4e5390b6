using System.Globalization;
using MovieLms.Application.Mail;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Mail;
using MovieLms.Reports;

namespace MovieLms.Worker.Imports;

/// <summary>
/// Reports an import that is about to end: a PDF in GridFS and a mail with it. Both can be repeated: the file has its id
/// beforehand, and the outbox takes one mail an import.
/// </summary>
internal sealed partial class ImportReporter(
    ImportErrorStore errors,
    UploadStore files,
    UserStore users,
    OutboxStore outbox,
    ILogger<ImportReporter> logger
)
{
    private const int MaxColumns = 4;

    /// <summary>Makes the report and puts the mail into the outbox.</summary>
    /// <param name="import">As it will have ended.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal async Task ReportAsync(ImportDocument import, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(import.OwnerId, cancellationToken);
        var model = await ReadAsync(import, user?.Username ?? "a user who is gone", cancellationToken);
        if (Render(model, import.FinishedAt!.Value) is not { } report)
            return;
        await files.ReplaceAsync(import.ReportId, $"import-{import.Id}.pdf", report, cancellationToken);
        // Whoever cancels an import knows of its end.
        if (import.State != ImportState.Canceled && user is { ArchivedAt: null, MailPreferences.Reports: true })
            await outbox.AddAsync(Mail(import, user.Email, report), cancellationToken);
    }

    private async Task<ImportReportModel> ReadAsync(ImportDocument import, string uploader, CancellationToken cancellationToken)
    {
        var first = new List<ImportErrorDocument>();
        await foreach (var error in errors.ReadAsync(import.Id, ImportReportModel.MaxProblems, cancellationToken))
            first.Add(error);
        return Model(import, uploader, first, await errors.ByColumnAsync(import.Id, MaxColumns, cancellationToken));
    }

    private static ImportReportModel Model(
        ImportDocument import,
        string uploader,
        IEnumerable<ImportErrorDocument> errors,
        IEnumerable<ColumnErrors> columns
    ) =>
        new()
        {
            Id = import.Id.ToString(),
            Outcome = import.State switch
            {
                ImportState.Failed => ImportOutcome.Failed,
                ImportState.Canceled => ImportOutcome.Canceled,
                _ => ImportOutcome.Completed,
            },
            FileName = import.File?.Name,
            FileFormat = import.File?.Format.ToString().ToUpperInvariant(),
            FileSize = import.File?.Size ?? 0,
            RowsBecome = import.Kind switch
            {
                ImportKind.Movies => "films of the catalogue",
                ImportKind.Enrollments => "enrolments in a course",
                ImportKind.Grades => "grades of an assignment",
                _ => "to-dos",
            },
            Uploader = uploader,
            CreatedAt = import.CreatedAt,
            StartedAt = import.StartedAt,
            FinishedAt = import.FinishedAt,
            RowsPerSecond = import.RowsPerSecond,
            Total = import.Total,
            Succeeded = import.Succeeded,
            Failed = import.Failed,
            Corrected = import.Corrected,
            Reason = import.Reason,
            Errors = [.. errors.Select(row => new ReportedRow(row.Line, [.. row.Problems.Select(Problem)]))],
            ErrorsByColumn = [.. columns.Select(column => new ReportedColumn(column.Column, column.Count))],
        };

    private static ReportedProblem Problem(ImportProblem problem) => new(problem.Column, problem.Value, problem.Message);

    /// <summary>An import whose rows are stored must not fail because its report cannot be drawn.</summary>
    private byte[]? Render(ImportReportModel model, DateTimeOffset generatedAt)
    {
        try
        {
            using var pdf = new MemoryStream();
            ImportReport.Render(model, generatedAt, pdf);
            return pdf.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogUndrawn(logger, e, model.Id);
            return null;
        }
    }

    private static OutgoingMail Mail(ImportDocument import, string address, byte[] report)
    {
        var name = import.File?.Name ?? "your file";
        var counts = string.Create(
            CultureInfo.InvariantCulture,
            $"{import.Total:N0} rows in the file, {import.Succeeded:N0} stored, {import.Failed:N0} reported."
        );
        var template =
            import.State == ImportState.Failed
                ? new MailTemplate(
                    $"Your import of {name} failed",
                    [import.Reason ?? "The file could not be read.", "Nothing more of it will be tried. The report is attached."]
                )
                : new MailTemplate(
                    $"Your import of {name} is done",
                    import.Failed == 0
                        ? [counts, "The report is attached."]
                        :
                        [
                            counts,
                            "The attached report shows what was not stored and why; errors.csv has every row.",
                            $"GET /api/imports/{import.Id}/errors.csv",
                        ]
                );
        return template.To(address) with
        {
            Key = $"import:{import.Id}",
            Attachments = [new MailAttachment($"import-{import.Id}.pdf", "application/pdf", report)],
        };
    }

    [LoggerMessage(LogLevel.Error, "The report of import {Import} could not be drawn; the import ends without one")]
    private static partial void LogUndrawn(ILogger logger, Exception exception, string import);
}
