using System.Globalization;
using MovieLms.Application.Mail;
using MovieLms.Data.Identity;
using MovieLms.Data.Imports;
using MovieLms.Data.Mail;
using MovieLms.Reports;

namespace MovieLms.Worker.Imports;

/// <summary>
/// Reports an import that is about to finish: stores a PDF in GridFS and mails it. Both are idempotent, because the file's ID is assigned
/// beforehand and the outbox accepts one mail per import.
/// </summary>
internal sealed partial class ImportReporter(
    ImportErrorStore errors,
    UploadStore files,
    UserStore users,
    OutboxStore outbox,
    PageLinks pages,
    ILogger<ImportReporter> logger
)
{
    private const int MaxColumns = 4;

    /// <summary>Stores the report of an import, given in its final state, and adds the mail to the outbox.</summary>
    internal async Task ReportAsync(ImportDocument import, CancellationToken cancellationToken)
    {
        var user = await users.FindAsync(import.OwnerId, cancellationToken);
        var uploader = import.OwnerId == ImportDocument.SystemOwner ? "MovieLms" : user?.Username ?? "a deleted user";
        var model = await ReadAsync(import, uploader, cancellationToken);
        if (TryRender(model, import.FinishedAt!.Value) is not { } report)
            return;
        await files.ReplaceAsync(import.ReportId, $"import-{import.Id}.pdf", report, cancellationToken);
        // The user who canceled the import needs no mail.
        if (import.State != ImportState.Canceled && user is { ArchivedAt: null, MailPreferences.Reports: true })
            await outbox.AddAsync(CreateMail(import, user.Email, report), cancellationToken);
    }

    private async Task<ImportReportModel> ReadAsync(ImportDocument import, string uploader, CancellationToken cancellationToken)
    {
        var first = new List<ImportErrorDocument>();
        await foreach (var error in errors.ReadAsync(import.Id, ImportReportModel.MaxProblems, cancellationToken))
            first.Add(error);
        return CreateModel(import, uploader, first, await errors.CountByColumnAsync(import.Id, MaxColumns, cancellationToken));
    }

    private ImportReportModel CreateModel(
        ImportDocument import,
        string uploader,
        IEnumerable<ImportErrorDocument> errors,
        IEnumerable<ColumnErrors> columns
    ) =>
        new()
        {
            Id = import.Id.ToString(),
            PageUrl = pages.Import(import.Id),
            Outcome = import.State switch
            {
                ImportState.Failed => ImportOutcome.Failed,
                ImportState.Canceled => ImportOutcome.Canceled,
                _ => ImportOutcome.Completed,
            },
            FileName = import.File?.Name,
            FileFormat = import.File?.Format.ToString().ToUpperInvariant(),
            FileSize = import.File?.Size ?? 0,
            ImportedAs = GetName(import.Kind),
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
            Errors = [.. errors.Select(row => new ReportedRow(row.Line, [.. row.Problems.Select(ToReported)]))],
            ErrorsByColumn = [.. columns.Select(column => new ReportedColumn(column.Column, column.Count))],
        };

    private static ReportedProblem ToReported(ImportProblem problem) => new(problem.Column, problem.Value, problem.Message);

    /// <summary>Renders the report. Returns null on an error, because a failed report must not fail an import.</summary>
    private byte[]? TryRender(ImportReportModel model, DateTimeOffset generatedAt)
    {
        try
        {
            using var pdf = new MemoryStream();
            ImportReport.Render(model, generatedAt, pdf);
            return pdf.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotRendered(logger, e, model.Id);
            return null;
        }
    }

    private OutgoingMail CreateMail(ImportDocument import, string address, byte[] report)
    {
        var name = GetName(import.Kind);
        var isFailed = import.State == ImportState.Failed;
        var template = new MailTemplate(
            isFailed ? $"Your import of {name} failed" : $"Your import of {name} is complete",
            isFailed
                ? [import.Reason ?? "The file could not be read.", "It is not repeated. The report is attached."]
                : [DescribeRows(import), import.Failed == 0 ? "The report is attached." : "The attached report shows what to correct."]
        )
        {
            Button = (import.Failed > 0 ? "Show the rejected rows" : "Show the import", pages.Import(import.Id)),
            Footnote = "You receive this mail because you uploaded the file.",
            FootLink = ("Choose which mail you receive", pages.Profile),
        };
        return template.To(address) with
        {
            Key = $"import:{import.Id}",
            Attachments = [new MailAttachment($"import-{import.Id}.pdf", "application/pdf", report)],
        };
    }

    private static string GetName(ImportKind kind) =>
        kind switch
        {
            ImportKind.Movies => "movies",
            ImportKind.Enrollments => "students",
            ImportKind.Grades => "grades",
            _ => "to-dos",
        };

    private static string DescribeRows(ImportDocument import) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The file {import.File?.Name} has {Plural.Of(import.Total, "row")}: {import.Succeeded:N0} stored, {import.Failed:N0} rejected."
        );

    [LoggerMessage(LogLevel.Error, "Rendering the report of import {Import} failed; the import completes without one")]
    private static partial void LogNotRendered(ILogger logger, Exception exception, string import);
}
