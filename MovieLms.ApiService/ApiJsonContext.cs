using System.Text.Json.Serialization;
using MovieLms.ApiService.Courses;
using MovieLms.ApiService.Dashboards;
using MovieLms.ApiService.Enrollments;
using MovieLms.ApiService.Favorites;
using MovieLms.ApiService.Lectures;
using MovieLms.ApiService.Movies;
using MovieLms.ApiService.Reviews;
using MovieLms.ApiService.Todos;
using MovieLms.Data.Paging;

namespace MovieLms.ApiService;

/// <summary>Source-generated serializers for the most frequent responses. All other types use reflection.</summary>
[JsonSerializable(typeof(MovieResponse))]
[JsonSerializable(typeof(Page<MovieResponse>))]
[JsonSerializable(typeof(Page<ReviewResponse>))]
[JsonSerializable(typeof(RatingsResponse))]
[JsonSerializable(typeof(OwnMovieResponse))]
[JsonSerializable(typeof(CourseResponse))]
[JsonSerializable(typeof(Page<CourseResponse>))]
[JsonSerializable(typeof(Page<LectureResponse>))]
[JsonSerializable(typeof(EnrollmentResponse))]
[JsonSerializable(typeof(Page<EnrollmentResponse>))]
[JsonSerializable(typeof(DashboardResponse))]
[JsonSerializable(typeof(TodoResponse))]
[JsonSerializable(typeof(Page<TodoResponse>))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
