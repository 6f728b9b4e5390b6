using MovieLms.Client;
using MovieLms.Web.Analytics.Charts;

namespace MovieLms.Web.Analytics;

/// <summary>The analytics of one course, for those who manage it.</summary>
internal static class CourseAnalytics
{
    internal static string GetHref(string courseId) => $"/analytics/courses/{courseId}";

    internal static Analytic Create(CourseResponse course)
    {
        var path = $"/api/analytics/courses/{course.Id}";
        return new Analytic
        {
            Name = $"courses/{course.Id}",
            Title = course.Title,
            Summary = "",
            Explanation =
                "Who is enrolled, how the grades are distributed, and who came to the lectures. Withdrawn students have no part in the "
                + "grades.",
            Path = path,
            PathTemplate = "/api/analytics/courses/{id}",
            NeedsSignIn = true,
            ReadAsync = async (client, query) =>
            {
                var (report, age) = await client.GetAsync<CourseReport>(path + query);
                Figure[] figures =
                [
                    new(
                        FigureKind.Bars,
                        "Enrollments",
                        [.. report.EnrollmentsByStatus.Select(status => ChartValue.Count($"{status.Status}", status.Count))]
                    ),
                    new(
                        FigureKind.Columns,
                        "Grades",
                        [.. report.Grades.Select(band => ChartValue.Count(Texts.Range(band.From, band.To), band.Count))]
                    ),
                    new(
                        FigureKind.Bars,
                        "Attendance",
                        [.. report.Attendance.Select(lecture => ChartValue.Count(lecture.Title, lecture.Attended))]
                    ),
                ];
                var grades = figures[1].ToTable("Grade", "Students");
                return new AnalyticView(
                    figures,
                    [
                        figures[0].ToTable("Status", "Students"),
                        grades with
                        {
                            Rows =
                            [
                                .. grades.Rows,
                                ["Without a grade", Texts.Count(report.Ungraded)],
                                ["Average", Texts.Rating(report.AverageGrade)],
                            ],
                        },
                        figures[2].ToTable("Lecture", "Attended"),
                    ]
                )
                {
                    Age = age,
                };
            },
        };
    }
}
